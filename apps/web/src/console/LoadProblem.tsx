import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/problem-error.ts';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Page } from '../ui/Page.tsx';
import { useProblemWords } from '../words/use-problem-text.ts';

type Props = { readonly error: unknown; readonly onRetry: () => void };

export function LoadProblem({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const problemWords = useProblemWords();
  return (
    <Page title={hasCode(error, 'not-found') ? t('problem.notFoundTitle') : t('problem.title')}>
      <ErrorBox {...problemWords(error)} retry={{ label: t('problem.tryAgain'), onRetry }} />
    </Page>
  );
}
