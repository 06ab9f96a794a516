import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/problem-error.ts';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Page } from '../ui/Page.tsx';
import { problemDetail, useProblemText } from '../words/use-problem-text.ts';
import { NotFoundPage } from './NotFoundPage.tsx';

type Props = { readonly error: unknown; readonly onRetry: () => void };

/** The one friendly place for a page that could not be loaded. */
export function LoadFailed({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  if (hasCode(error, 'not-found')) return <NotFoundPage />;
  const detail = problemDetail(error);
  return (
    <Page title={t('problem.title')}>
      <ErrorBox
        sentence={problemText(error)}
        detail={detail === null ? null : { label: t('problem.details'), text: detail }}
        retry={{ label: t('problem.tryAgain'), onRetry }}
      />
    </Page>
  );
}
