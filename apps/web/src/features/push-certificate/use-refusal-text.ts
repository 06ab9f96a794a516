import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../api/problem-error.ts';
import { isPushRefusal } from '../../words/push-words.ts';
import { useProblemText } from '../../words/use-problem-text.ts';

/** Why a certificate, or the answer to a request, was refused, and what to do. */
export function useRefusalText(): (error: unknown) => string {
  const { t } = useTranslation('settings');
  const problemText = useProblemText();
  return (error) => {
    const code: string = error instanceof ProblemError ? error.code : '';
    return isPushRefusal(code) ? t(`push.refusal.${code}`) : problemText(error);
  };
}
