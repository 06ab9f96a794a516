import type { CreatedEnrollment, EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, useSearchParams } from 'wouter';
import { hasCode } from '../../api/problem-error.ts';
import { enrollmentQuery } from '../../api/queries.ts';
import { lookAgainAfter } from '../../words/enroll-steps.ts';

type EnrollmentOnPage = {
  /** The enrollment that the address names, which a reload or a later visit finds again; null: none is begun. */
  readonly id: string | null;
  readonly progress: EnrollmentProgress | null;
  /** The address names one that is none of this person's. */
  readonly unknown: boolean;
  readonly error: unknown;
  readonly follow: (begun: CreatedEnrollment) => void;
  readonly startOver: () => void;
  readonly lookAgain: () => void;
};

/** The enrollment that this page is about. Its id stands in the address; the challenge never does. */
export function useEnrollment(): EnrollmentOnPage {
  const [search] = useSearchParams();
  const [, go] = useLocation();
  const id = search.get('enrollment');
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    ...enrollmentQuery(id ?? ''),
    enabled: id !== null,
    refetchInterval: (query) => lookAgainAfter(query.state.data?.state),
    refetchOnWindowFocus: 'always',
  });
  return {
    id,
    progress: id === null ? null : (data ?? null),
    unknown: id !== null && hasCode(error, 'not-found'),
    error: id === null ? null : error,
    follow: ({ id: begun, expiresAt }) => {
      // Known at once, so that nothing on the page jumps while the server is asked.
      const offered = { id: begun, state: 'offered', refusal: null, deviceId: null, expiresAt } as const;
      client.setQueryData(enrollmentQuery(begun).queryKey, offered);
      go(`/enroll?enrollment=${begun}`, { replace: true });
    },
    startOver: () => go('/enroll', { replace: true }),
    lookAgain: () => void refetch(),
  };
}
