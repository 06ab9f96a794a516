import type { ProblemCode } from '@keyhaven/api-contract/problem';
import { useTranslation } from 'react-i18next';
import { OfflineError, ProblemError } from '../api/problem-error.ts';

type Sentence =
  | 'problem.sessionEnded'
  | 'problem.forbidden'
  | 'problem.inProgress'
  | 'problem.notEnrolled'
  | 'problem.notFound'
  | 'reveal.noKey'
  | 'reveal.personal';

/** The codes that have better words than "something went wrong". */
const sentences: ReadonlyMap<ProblemCode, Sentence> = new Map([
  ['not-signed-in', 'problem.sessionEnded'],
  ['forbidden', 'problem.forbidden'],
  ['attempt-in-progress', 'problem.inProgress'],
  ['device-not-enrolled', 'problem.notEnrolled'],
  ['not-found', 'problem.notFound'],
  ['no-recovery-key', 'reveal.noKey'],
  ['personal-device', 'reveal.personal'],
]);

/** The sentence for an error that the page has no better words for. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof OfflineError) return t('problem.offline');
    if (!(error instanceof ProblemError)) return t('problem.unexpected');
    if (error.code === 'too-many-requests')
      return t('problem.tooMany', { count: Math.max(1, Math.ceil((error.retryAfterSeconds ?? 60) / 60)) });
    return t(sentences.get(error.code) ?? 'problem.unexpected');
  };
}

type ProblemWords = {
  readonly sentence: string;
  /** What IT would want to know: the code and the server's own words, which never repeat what was sent. */
  readonly detail: { readonly label: string; readonly text: string } | null;
};

/** The sentence, and the details that open under it. */
export function useProblemWords(): (error: unknown) => ProblemWords {
  const { t } = useTranslation();
  const sentenceOf = useProblemText();
  return (error) => {
    const parts = error instanceof ProblemError ? [error.code, error.status, error.detail] : [];
    const text = parts.filter((part) => part !== '').join(' · ');
    return {
      sentence: sentenceOf(error),
      detail: text === '' ? null : { label: t('problem.details'), text },
    };
  };
}
