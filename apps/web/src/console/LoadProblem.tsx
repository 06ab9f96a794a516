import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/problem-error.ts';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Page } from '../ui/Page.tsx';
import { problemDetail, useProblemText } from '../words/use-problem-text.ts';

type Props = { readonly error: unknown; readonly onRetry: () => void };

export function LoadProblem({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const detail = problemDetail(error);
  return (
    <Page title={hasCode(error, 'not-found') ? t('problem.notFoundTitle') : t('problem.title')}>
      <ErrorBox
        sentence={problemText(error)}
        detail={detail === null ? null : { label: t('problem.details'), text: detail }}
        retry={{ label: t('problem.tryAgain'), onRetry }}
      />
    </Page>
  );
}
