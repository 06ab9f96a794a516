import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { resolveSession } from './access.ts';
import { accessCookies } from './cookies.ts';

/** An `onRequest` hook that says who is signed in. Register it after the cookie plugin and before everything else. */
export function identify(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly publicUrl: URL;
  readonly onTouchFailed?: (error: unknown) => void;
}): (request: FastifyRequest) => Promise<void> {
  const { session } = accessCookies(options.publicUrl);
  return async (request) => {
    request.person = await resolveSession(
      options.database,
      request.cookies[session],
      options.clock.now(),
      options.onTouchFailed,
    );
  };
}
