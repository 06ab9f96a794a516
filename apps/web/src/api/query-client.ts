import { QueryCache, QueryClient } from '@tanstack/react-query';
import { hasCode, ProblemError } from './problem-error.ts';

/** Keeps what it has shown while a later fetch fails, so that an ended session loses nothing that was typed. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (hasCode(error, 'not-signed-in') && query.queryKey[0] !== 'me')
          void client.invalidateQueries({ queryKey: ['me'] });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // A refusal is an answer; only silence is worth another try.
        retry: (failures, error) => !(error instanceof ProblemError && error.status < 500) && failures < 2,
      },
    },
  });
  return client;
}
