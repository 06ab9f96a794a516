import { once } from 'node:events';
import { createServer } from 'node:net';
import { oidcIdentityProvider } from '../../adapters/oidc/oidc-identity-provider.ts';
import type { Clock } from '../../kernel/clock.ts';
import { accessRoutes } from '../../modules/access/access.routes.ts';
import { runnerOn, type ShiftedClock, shiftedClock } from '../../modules/access/access-runner.fixture.ts';
import { identify } from '../../modules/access/identify.ts';
import type { IdentityProvider, SignInRefusal } from '../../modules/access/identity-provider.port.ts';
import type { RoleRules } from '../../modules/access/settle-roles.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { buildHttp } from '../../platform/http/http.ts';
import { originCheck } from '../../platform/http/origin.ts';
import { addSecurityHeaders } from '../../platform/http/security-headers.ts';
import { evaluationRolesOfGroups } from './accounts.ts';
import { Browser } from './browser.fixture.ts';
import { mountEvaluationIdentityProvider } from './mount.ts';

export type AccessServer = {
  readonly url: URL;
  readonly database: Database;
  readonly clock: ShiftedClock;
  readonly refusals: readonly SignInRefusal[];
  readonly faults: readonly unknown[];
  browser(): Browser;
  openApi(): { readonly paths?: object };
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
  const testDatabase = await createTestDatabase();
  const { database } = testDatabase;
  const port = await freePort();
  const url = new URL(`http://localhost:${port}`);
  const clock = shiftedClock();
  const refusals: SignInRefusal[] = [];
  const faults: unknown[] = [];
  const app = await buildHttp({ trustedProxies: [], onFault: (error) => faults.push(error) });
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
    openApi: () => app.swagger(),
    close: async () => {
      await app.close();
      await testDatabase.close();
    },
  };
}
