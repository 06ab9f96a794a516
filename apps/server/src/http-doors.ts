import type { PortalInfo } from '@keyhaven/api-contract/portal';
import { macIdentifier } from './adapters/apple-mdm/identify-mac.ts';
import { mdmRoutes } from './adapters/apple-mdm/mdm.routes.ts';
import type { NanoMdm } from './adapters/nanomdm/nanomdm.ts';
import { oidcIdentityProvider } from './adapters/oidc/oidc-identity-provider.ts';
import { type Config, isLoopback, type ProductionConfig } from './config.ts';
import { evaluationRolesOfGroups } from './evaluation/identity-provider/accounts.ts';
import { mountEvaluationIdentityProvider } from './evaluation/identity-provider/mount.ts';
import { installationHeader, installationMark } from './installation.ts';
import type { Clock } from './kernel/clock.ts';
import type { Role } from './kernel/permission.ts';
import { trustedProxies } from './kernel/trusted-proxies.ts';
import { accessRoutes } from './modules/access/access.routes.ts';
import { identify } from './modules/access/identify.ts';
import type { IdentityProvider } from './modules/access/identity-provider.port.ts';
import { checkStatus } from './modules/commands/check-status.ts';
import { unenrollDevice } from './modules/commands/unenroll-device.ts';
import { corporateIdentifiersRoutes } from './modules/devices/corporate-identifiers.routes.ts';
import { devicesRoutes } from './modules/devices/devices.routes.ts';
import { enrollmentRoutes } from './modules/devices/enrollment.routes.ts';
import type { DeviceAddresses } from './modules/devices/enrollment-profile.ts';
import { noteOddity } from './modules/devices/odd-macs.ts';
import { revokeIdentity } from './modules/devices/revoke-identity.ts';
import { settleQuarantine } from './modules/devices/settle-quarantine.ts';
import { escrowRoutes } from './modules/escrow/escrow.routes.ts';
import { noticesRoutes } from './modules/notices/notices.routes.ts';
import { tellOwnershipChanged } from './modules/notices/notices.ts';
import { openApiRoute } from './modules/overview/openapi.routes.ts';
import { overviewRoutes } from './modules/overview/overview.routes.ts';
import { createOverview } from './modules/overview/overview.ts';
import { pushCertificateRoutes } from './modules/push-certificate/push-certificate.routes.ts';
import type { PushCertificates } from './modules/push-certificate/push-certificate.ts';
import type { Listener } from './platform/changes/listener.ts';
import type { Database } from './platform/db/database.ts';
import { buildHttp, type Http } from './platform/http/http.ts';
import { originCheck } from './platform/http/origin.ts';
import { addPages } from './platform/http/pages.ts';
import { sendProblem } from './platform/http/reply.ts';
import { addSecurityHeaders } from './platform/http/security-headers.ts';
import type { Log } from './platform/log/log.ts';
import { type Metrics, measure } from './platform/metrics/metrics.ts';
import type { Rooms } from './rooms.ts';
import type { Vault } from './vault/vault.ts';

export type DoorsOptions = {
  readonly config: Config;
  readonly database: Database;
  readonly vault: Vault;
  readonly rooms: Rooms;
  readonly certificates: PushCertificates;
  readonly refusedByApple: () => string | null;
  /** Where it speaks with the Macs, nobody else may: `PUT /mdm` refuses everything. */
  readonly nanoMdm: NanoMdm | null;
  readonly changes: Listener;
  readonly clock: Clock;
  readonly log: Log;
  readonly webFolder: string;
  readonly addresses: DeviceAddresses;
  /** Whether everything that people need is there. */
  readonly isReady: () => Promise<boolean>;
};

/** The HTTP application with every route of the product. */
export async function openDoors(
  options: DoorsOptions,
): Promise<{ readonly app: Http; readonly metrics: Metrics }> {
  const { config, database, vault, rooms, nanoMdm, changes, clock, log } = options;
  const { publicUrl } = config;
  const evaluation = config.identity.mode === 'evaluation';
  const app = await buildHttp({
    trustedProxies: config.trustedProxies,
    onFault: (error, route) => log.error('request failed', { route, error }),
  });
  const metrics = measure(app);
  const issuerOrigin = config.identity.mode === 'production' ? config.identity.issuer.origin : null;
  const view = { publicUrl, identityProviderOrigin: issuerOrigin };
  addSecurityHeaders(app, view);
  if (evaluation) refuseForeignHosts(app);
  app.addHook('onRequest', originCheck(publicUrl.origin, isNoBrowsers));
  app.addHook('onRequest', identify({ database, clock, publicUrl }));

  const deviceCa = await vault.deviceCa();
  addHealth(app, options.isReady, installationMark(deviceCa));
  const identityProvider =
    config.identity.mode === 'production'
      ? productionProvider(config.identity, clock)
      : await evaluationProvider(app, publicUrl, clock);
  await accessRoutes(app, {
    publicUrl,
    database,
    runner: rooms.runner,
    identityProvider,
    rules: { administrator: config.administrator, rolesOfGroups: rolesOfGroups(config) },
    onRefused: ({ kind, code }) => log.warn('sign-in refused', { kind, code }),
  });
  const { runner, escrow, pushing } = rooms;
  const portal = portalOf(config, evaluation);
  const overview = createOverview({ database, clock });
  await overviewRoutes(app, {
    database,
    clock,
    portal,
    changes,
    onFault: (error) => log.warn('event lost', { error }),
  });
  await escrowRoutes(app, { escrow, showAttempt: overview.findAttempt });
  await devicesRoutes(app, {
    database,
    runner,
    showDevice: overview.findDevice,
    tellOwner: tellOwnershipChanged(runner.ids),
    unenrollDevice: unenrollDevice(pushing.wake),
    checkStatus: checkStatus(pushing.wake),
    settleQuarantine: settleQuarantine(rooms.reactions),
    revokeIdentity: revokeIdentity(rooms.reactions),
  });
  await corporateIdentifiersRoutes(app, { database, runner });
  await noticesRoutes(app, { database, runner });
  const { certificates, refusedByApple, addresses } = options;
  const organization = config.organizationName;
  const { pushTopic } = certificates;
  await enrollmentRoutes(app, { runner, database, vault, addresses, pushTopic, organization, evaluation });
  await pushCertificateRoutes(app, { runner, database, vault, certificates, organization, refusedByApple });
  await mdmRoutes(app, {
    ...rooms,
    identify:
      nanoMdm === null
        ? macIdentifier({
            database,
            clock,
            deviceCa,
            clientCertificateRequired: config.clientCertificateRequired,
          })
        : async () => ({ ok: false, why: 'nanomdm-speaks-with-macs' }),
    isTrustedProxy: trustedProxies(config.trustedProxies),
    noteOddity: (mac, oddity) => noteOddity({ database, clock }, mac, oddity),
    onRefused: (reason, mac) =>
      log.warn('message of a Mac refused', { reason, enrollmentId: mac?.enrollment }),
  });
  await nanoMdm?.routes(app);
  await openApiRoute(app);
  await addPages(app, { folder: options.webFolder, view });
  return { app, metrics };
}

// Macs and NanoMDM prove themselves by signature, the built-in identity provider by its own means; none is a page.
const isNoBrowsers = (path: string): boolean =>
  path === '/mdm' ||
  path === '/nanomdm/webhook' ||
  path.startsWith('/scep/') ||
  path.startsWith('/evaluation-identity/');

/** A name of somebody else's that leads to this machine must not reach an installation with public passwords. */
function refuseForeignHosts(app: Http): void {
  app.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host ?? '';
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
    const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host'].some(
      (each) => each in request.headers,
    );
    if (isLoopback(name) && !forwarded) return undefined;
    return reply.code(421).type('text/plain').send('Evaluation mode answers on this machine only.');
  });
}

function addHealth(app: Http, isReady: () => Promise<boolean>, installation: string): void {
  const hidden = { schema: { hide: true } } as const;
  app.get('/healthz', hidden, async (_request, reply) =>
    reply.type('text/plain').header(installationHeader, installation).send('ok\n'),
  );
  // The Macs' own name may lead to this path only (docs/operations.md); Macs themselves come by PUT.
  app.get('/mdm', hidden, async (_request, reply) =>
    sendProblem(reply.header(installationHeader, installation), 'not-found'),
  );
  app.get('/readyz', hidden, async (_request, reply) => {
    const ready = await isReady().catch(() => false);
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain')
      .send(ready ? 'ready\n' : 'not ready\n');
  });
}

const productionProvider = (identity: ProductionConfig, clock: Clock): IdentityProvider =>
  oidcIdentityProvider(
    {
      issuer: identity.issuer,
      clientId: identity.clientId,
      clientSecret: identity.clientSecret,
      ...(identity.groupsClaim === null ? {} : { groupsClaim: identity.groupsClaim }),
    },
    clock,
  );

/** People of the evaluation stay themselves when it is started at another address. */
async function evaluationProvider(app: Http, publicUrl: URL, clock: Clock): Promise<IdentityProvider> {
  const provider = oidcIdentityProvider(await mountEvaluationIdentityProvider(app, { publicUrl }), clock);
  return {
    beginSignIn: provider.beginSignIn,
    finishSignIn: async (answer) => {
      const claims = await provider.finishSignIn(answer);
      return claims.ok ? { ok: true, value: { ...claims.value, issuer: 'evaluation' } } : claims;
    },
  };
}

function rolesOfGroups({ identity }: Config): ReadonlyMap<string, Role> {
  if (identity.mode === 'evaluation') return evaluationRolesOfGroups;
  const given: readonly (readonly [string | null, Role])[] = [
    [identity.administratorGroup, 'administrator'],
    [identity.helpDeskGroup, 'help-desk'],
    [identity.auditorGroup, 'auditor'],
  ];
  return new Map(given.flatMap(([group, role]) => (group === null ? [] : [[group, role] as const])));
}

const portalOf = (config: Config, evaluation: boolean): PortalInfo => ({
  portalName: config.portalName,
  organizationName: config.organizationName,
  evaluation,
  supportContact: { name: null, phone: null, email: null, website: null, note: null },
});
