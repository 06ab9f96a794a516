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

/** What IT would want to know: the code and the server's own words, which never repeat what was sent. */
export function problemDetail(error: unknown): string | null {
  if (!(error instanceof ProblemError)) return null;
  return [error.code, error.status, error.detail].filter((part) => part !== '').join(' · ');
}
