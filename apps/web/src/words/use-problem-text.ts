import { useTranslation } from 'react-i18next';
import { OfflineError, ProblemError } from '../api/problem-error.ts';

/** The sentence for an error that the page has no better words for. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof OfflineError) return t('problem.offline');
    if (!(error instanceof ProblemError)) return t('problem.unexpected');
    switch (error.code) {
      case 'not-signed-in':
        return t('problem.sessionEnded');
      case 'too-many-requests':
        return t('problem.tooMany', { count: Math.max(1, Math.ceil((error.retryAfterSeconds ?? 60) / 60)) });
      case 'forbidden':
        return t('problem.forbidden');
      case 'attempt-in-progress':
        return t('problem.inProgress');
      case 'device-not-enrolled':
        return t('problem.notEnrolled');
      case 'no-recovery-key':
        return t('reveal.noKey');
      case 'personal-device':
        return t('reveal.personal');
      case 'not-found':
        return t('problem.notFound');
      default:
        return t('problem.unexpected');
    }
  };
}

/** What IT would want to know: the code and the server's own words, which never repeat what was sent. */
export function problemDetail(error: unknown): string | null {
  if (!(error instanceof ProblemError)) return null;
  return [error.code, error.status, error.detail].filter((part) => part !== '').join(' · ');
}
