import { randomIds } from '../../kernel/id.ts';
import { type Listener, listenForChanges } from '../../platform/changes/listener.ts';
import { buildHttp, type Http } from '../../platform/http/http.ts';
import { addSecurityHeaders } from '../../platform/http/security-headers.ts';
import { identify } from '../access/identify.ts';
import { checkStatus } from '../commands/check-status.ts';
import { unenrollDevice } from '../commands/unenroll-device.ts';
import { devicesRoutes } from '../devices/devices.routes.ts';
import { revokeIdentity } from '../devices/revoke-identity.ts';
import { settleQuarantine } from '../devices/settle-quarantine.ts';
import { escrowRoutes } from '../escrow/escrow.routes.ts';
import { type EscrowWorld, escrowWorld, type Person } from '../escrow/escrow-world.fixture.ts';
import { checkInsRoutes } from '../inventory/check-ins.routes.ts';
import { noticesRoutes } from '../notices/notices.routes.ts';
import { tellOwnershipChanged } from '../notices/notices.ts';
import { policyRoutes } from '../policy/policy.routes.ts';
import { httpCall, type Method, type Told } from './http-call.fixture.ts';
import { openApiRoute } from './openapi.routes.ts';
import { overviewRoutes } from './overview.routes.ts';
import { createOverview } from './overview.ts';

/** The API of this room and those below, as people call it. */
export type Portal = EscrowWorld & {
  readonly app: Http;
  /** Where it listens. */
  readonly origin: string;
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
  const app = await buildHttp({ trustedProxies: [], onFault: (error) => world.faults.push(error) });
  const publicUrl = new URL('http://localhost:8080');
  addSecurityHeaders(app, { publicUrl, identityProviderOrigin: null });
  app.addHook('onRequest', identify({ database, clock, publicUrl }));
  app.addHook('onSend', async (request, reply) => {
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
    settleQuarantine: settleQuarantine(world.reactions),
    revokeIdentity: revokeIdentity(world.reactions),
  });
  await noticesRoutes(app, { database, runner });
  await checkInsRoutes(app, { database });
  await policyRoutes(app, { database, runner });
  await openApiRoute(app);
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...world,
    app,
    origin,
    listener,
    seen,
    call: (who, method, path, body) =>
      httpCall(origin, { method, path: `/api/v1${path}`, token: who?.token ?? null, body }),
    close: async () => {
      await app.close();
      await listener.stop();
      await world.close();
    },
  };
}
