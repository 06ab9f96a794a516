import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/problem-error.ts';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Page } from '../ui/Page.tsx';
import { useProblemWords } from '../words/use-problem-text.ts';
import { NotFoundPage } from './NotFoundPage.tsx';

type Props = { readonly error: unknown; readonly onRetry: () => void };

/** The one friendly place for a page that could not be loaded. */
export function LoadFailed({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const problemWords = useProblemWords();
  if (hasCode(error, 'not-found')) return <NotFoundPage />;
  return (
    <Page title={t('problem.title')}>
      <ErrorBox {...problemWords(error)} retry={{ label: t('problem.tryAgain'), onRetry }} />
    </Page>
  );
}
