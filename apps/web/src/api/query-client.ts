import { QueryClient } from '@tanstack/react-query';
import { sessionEnded } from './http.ts';
import { hasCode, ProblemError } from './problem-error.ts';
import { meQuery } from './queries.ts';

/** Keeps what it has shown while a later fetch fails, so that an ended session loses nothing that was typed. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // Without a network a page says so, instead of waiting silently.
        networkMode: 'always',
        // A refusal is an answer; only silence is worth another try.
        retry: (failures, error) => !(error instanceof ProblemError && error.status < 500) && failures < 2,
      },
    },
  });
  window.addEventListener(sessionEnded, () => {
    // Asked again once, so that every page learns that the session is over; asking is itself refused, and stops here.
    const known = client.getQueryState(meQuery.queryKey);
    if (known?.fetchStatus === 'idle' && !hasCode(known.error, 'not-signed-in'))
      void client.invalidateQueries({ queryKey: meQuery.queryKey });
  });
  return client;
}
