import { once } from 'node:events';
import { createServer } from 'node:net';
import { oidcIdentityProvider } from '../../adapters/oidc/oidc-identity-provider.ts';
import { evaluationRolesOfGroups } from '../../evaluation/identity-provider/accounts.ts';
import { mountEvaluationIdentityProvider } from '../../evaluation/identity-provider/mount.ts';
import type { Clock } from '../../kernel/clock.ts';
import { randomIds } from '../../kernel/id.ts';
import type { Runner } from '../../kernel/verb.ts';
import { type Database, type Tx, transaction } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { buildHttp } from '../../platform/http/http.ts';
import { originCheck } from '../../platform/http/origin.ts';
import { addSecurityHeaders } from '../../platform/http/security-headers.ts';
import { recordNotes } from '../audit/audit.ts';
import { accessRoutes } from './access.routes.ts';
import { Browser } from './browser.fixture.ts';
import { identify } from './identify.ts';
import type { IdentityProvider, SignInRefusal } from './identity-provider.port.ts';
import type { RoleRules } from './settle-roles.ts';

/** Our clock, ahead of the machine's by as much as a test says. */
export type ShiftedClock = Clock & { advance(milliseconds: number): void };

export function shiftedClock(): ShiftedClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

export const runnerOn = (database: Database, clock: Clock): Runner<Tx> => ({
  clock,
  ids: randomIds,
  transaction: (body) => transaction(database, body),
  recordNotes,
});

export type AccessServer = {
  readonly url: URL;
  readonly database: Database;
  readonly clock: ShiftedClock;
  readonly refusals: readonly SignInRefusal[];
  readonly faults: readonly unknown[];
  browser(): Browser;
  close(): Promise<void>;
};

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The access room on a database of its own, over real HTTP, with the built-in identity provider or a given one. */
export async function startAccessServer(
  options: {
    readonly rules?: RoleRules;
    readonly identityProvider?: (clock: Clock) => IdentityProvider;
  } = {},
): Promise<AccessServer> {
  const { database, close } = await createTestDatabase();
  const port = await freePort();
  const url = new URL(`http://localhost:${port}`);
  const clock = shiftedClock();
  const refusals: SignInRefusal[] = [];
  const faults: unknown[] = [];
  const app = await buildHttp({ trustProxy: false, onFault: (error) => faults.push(error) });
  addSecurityHeaders(app, { publicUrl: url, identityProviderOrigin: null });
  app.addHook('onRequest', identify({ database, clock, publicUrl: url }));
  app.addHook(
    'onRequest',
    originCheck(url.origin, (path) => path.startsWith('/evaluation-identity/')),
  );
  const client = await mountEvaluationIdentityProvider(app, { publicUrl: url });
  await accessRoutes(app, {
    publicUrl: url,
    database,
    runner: runnerOn(database, clock),
    identityProvider: options.identityProvider?.(clock) ?? oidcIdentityProvider(client, clock),
    rules: options.rules ?? { administrator: null, rolesOfGroups: evaluationRolesOfGroups },
    onRefused: (refusal) => refusals.push(refusal),
  });
  app.get('/', async (_request, reply) => reply.type('text/html').send('home'));
  await app.listen({ port, host: '127.0.0.1' });
  return {
    url,
    database,
    clock,
    refusals,
    faults,
    browser: () => new Browser(url),
    close: async () => {
      await app.close();
      await close();
    },
  };
}
