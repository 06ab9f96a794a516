import { randomIds } from '../../kernel/id.ts';
import { type Listener, listenForChanges } from '../../platform/changes/listener.ts';
import { buildHttp, type Http } from '../../platform/http/http.ts';
import { addSecurityHeaders } from '../../platform/http/security-headers.ts';
import { identify } from '../access/identify.ts';
import { checkStatus } from '../commands/check-status.ts';
import { unenrollDevice } from '../commands/unenroll-device.ts';
import { devicesRoutes } from '../devices/devices.routes.ts';
import { escrowRoutes } from '../escrow/escrow.routes.ts';
import { type EscrowWorld, escrowWorld, type Person } from '../escrow/escrow-world.fixture.ts';
import { noticesRoutes } from '../notices/notices.routes.ts';
import { tellOwnershipChanged } from '../notices/notices.ts';
import { openApiRoute } from './openapi.routes.ts';
import { overviewRoutes } from './overview.routes.ts';
import { createOverview } from './overview.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Told = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The JSON; null when the answer has none. */
  readonly body: unknown;
};

/** The API of this room and those below, as people call it. */
export type Portal = EscrowWorld & {
  readonly app: Http;
  readonly listener: Listener;
  /** Every answer so far: `GET /api/v1/devices 200`. */
  readonly seen: ReadonlySet<string>;
  call(who: Person | null, method: Method, path: string, body?: unknown): Promise<Told>;
};

export const portalInfoForTests = {
  portalName: 'Company Portal',
  organizationName: 'Example',
  evaluation: true,
  supportContact: { name: 'IT', phone: null, email: 'it@example.com', website: null, note: null },
};

export async function openPortal(options: { readonly heartbeatMs?: number } = {}): Promise<Portal> {
  const world = await escrowWorld();
  const { database, clock, runner, escrow } = world;
  const listener = listenForChanges(world.connectionString, (error) => world.faults.push(error));
  const seen = new Set<string>();
  const app = await buildHttp({ trustProxy: false, onFault: (error) => world.faults.push(error) });
  const publicUrl = new URL('http://localhost:8080');
  addSecurityHeaders(app, { publicUrl, identityProviderOrigin: null });
  app.addHook('onRequest', identify({ database, clock, publicUrl }));
  app.addHook('onResponse', async (request, reply) => {
    seen.add(`${request.method} ${request.routeOptions.url ?? ''} ${reply.statusCode}`);
  });
  const overview = createOverview({ database, clock });
  const onFault = (error: unknown): void => void world.faults.push(error);
  await overviewRoutes(app, {
    database,
    clock,
    portal: portalInfoForTests,
    changes: listener,
    onFault,
    ...options,
  });
  await escrowRoutes(app, { escrow, showAttempt: overview.findAttempt });
  await devicesRoutes(app, {
    database,
    runner,
    showDevice: overview.findDevice,
    tellOwner: tellOwnershipChanged(randomIds),
    unenrollDevice: unenrollDevice(escrow.wake),
    checkStatus: checkStatus(escrow.wake),
  });
  await noticesRoutes(app, { database, runner });
  await openApiRoute(app);
  await app.ready();
  return {
    ...world,
    app,
    listener,
    seen,
    call: (who, method, path, body) => call(app, who, method, path, body),
    close: async () => {
      await app.close();
      await listener.stop();
      await world.close();
    },
  };
}

async function call(
  app: Http,
  who: Person | null,
  method: Method,
  path: string,
  body: unknown,
): Promise<Told> {
  const answer = await app.inject({
    method,
    url: `/api/v1${path}`,
    ...(who === null ? {} : { cookies: { keyhaven: who.token } }),
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) }),
  });
  const { statusCode: status, headers, body: text } = answer;
  const isJson = text !== '' && String(headers['content-type']).includes('json');
  return { status, headers, text, body: isJson ? JSON.parse(text) : null };
}
