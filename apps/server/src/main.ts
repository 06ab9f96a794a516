import path from 'node:path';
import { fileKeys } from '@keyhaven/sealing/file-keys';
import { apnsPush } from './adapters/apns/apns.ts';
import { type NanoMdm, openNanoMdm } from './adapters/nanomdm/nanomdm.ts';
import type { Config } from './config.ts';
import { openDoors } from './http-doors.ts';
import { settleMode } from './installation.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { type Ids, randomIds } from './kernel/id.ts';
import { pushWaiting } from './modules/commands/queue.ts';
import type { DeviceAddresses } from './modules/devices/enrollment-profile.ts';
import { ensureDefaultPolicy } from './modules/policy/policy.ts';
import { createPushCertificates, evaluationTopic } from './modules/push-certificate/push-certificate.ts';
import { readSettingsCertificate } from './modules/push-certificate/settings-certificate.ts';
import { listenForChanges } from './platform/changes/listener.ts';
import { type Database, openDatabase } from './platform/db/database.ts';
import { migrate } from './platform/db/migrate.ts';
import { startRecurring } from './platform/jobs/recurring.ts';
import { takingTurns } from './platform/jobs/turns.ts';
import type { Log } from './platform/log/log.ts';
import { serveMetrics } from './platform/metrics/metrics.ts';
import { buildRooms } from './rooms.ts';
import { timersOf, timersOfNanoMdm } from './timers.ts';
import { escrowKeyPool } from './vault/escrow-key-pool.ts';
import { openLocalVault } from './vault/local-vault.ts';
import { hasSealedRecords } from './vault/vault.store.ts';

export type ServerOptions = {
  readonly config: Config;
  /** Of the database: the embedded one's, or what KEYHAVEN_DATABASE_URL says. */
  readonly connectionString: string;
  readonly log: Log;
  /** Whether what surrounds the server is ready too; the evaluation's Macs, for one. */
  readonly surroundingsReady?: () => boolean;
  readonly clock?: Clock;
  readonly ids?: Ids;
};

export type Server = {
  readonly url: URL;
  readonly port: number;
  readonly database: Database;
  /** Runs what the timers run, now, and waits for it. */
  readonly runTimers: () => Promise<void>;
  /** Makes escrow key pairs ahead of a day on which many Macs enroll; resolves when there are so many. */
  readonly fillKeyPool: (size: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** The built web, beside the server's sources. */
export const webFolder = path.resolve(import.meta.dirname, '../../web/dist');

/** Starts one server process: migrates, opens the vault, puts the rooms together, listens. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, connectionString, log } = options;
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? randomIds;
  const settings = await readSettingsCertificate(config, clock.now());
  let stopping = false;
  const database = openDatabase({
    connectionString,
    poolSize: config.poolSize,
    // At the end the database may hang up before its clients do.
    onConnectionLost: (error) => {
      if (!stopping) log.warn('database connection lost', { error });
    },
  });
  await migrate(database);
  await settleMode(config, database, clock.now());
  const keys = fileKeys({
    folder: config.dataFolder,
    mustExist: await hasSealedRecords(database),
    now: clock.now,
  });
  const keyPool = escrowKeyPool();
  const vault = await openLocalVault({ database, keys, clock, ids }, keyPool);
  const certificates = createPushCertificates({
    database,
    vault,
    clock,
    settings,
    topicWithout: config.pushTopic ?? (config.identity.mode === 'evaluation' ? evaluationTopic : null),
  });
  const unreachable = await certificates.countUnreachable();
  if (unreachable > 0)
    log.error('push certificate has another topic than enrolled Macs', { count: unreachable });
  const push = apnsPush({
    url: config.apns.url,
    identity: certificates.identity,
    clock,
    onFault: (reason, ours) =>
      ours ? log.error('push certificate refused', { reason }) : log.warn('push failed', { reason }),
  });
  const { nanoMdm: nanoMdmConfig } = config;
  const nanoMdm =
    nanoMdmConfig === null
      ? null
      : await openNanoMdm({
          config: nanoMdmConfig,
          pushTopic: certificates.pushTopic,
          database,
          vault,
          clock,
          ids,
          log,
        });
  const transport = nanoMdm?.transport ?? { keepsCommands: false, showsCertificates: true, push };
  const rotationAllowed = nanoMdmConfig?.rotationAllowed ?? true;
  const addresses = addressesOf(config, nanoMdm);
  const rooms = buildRooms({
    config,
    database,
    vault,
    transport,
    rotationAllowed,
    clock,
    ids,
    log,
    addresses,
  });
  nanoMdm?.serve({ ...rooms, wake: rooms.pushing.wake });
  await ensureDefaultPolicy(rooms.runner);
  const changes = listenForChanges(connectionString, (error) => log.warn('changes lost', { error }));
  const isReady = async (): Promise<boolean> => {
    await hasSealedRecords(database);
    return options.surroundingsReady?.() ?? true;
  };
  const { app, metrics } = await openDoors({
    config,
    database,
    vault,
    rooms,
    certificates,
    refusedByApple: push.refusedBecause,
    nanoMdm,
    changes,
    clock,
    log,
    webFolder,
    addresses,
    isReady,
  });
  const timers = [...timersOf(rooms, certificates, database, clock), ...timersOfNanoMdm(nanoMdm)];
  await app.listen({ host: config.host, port: config.port });
  const metricsServer =
    config.metricsPort === null ? null : await serveMetrics(metrics, config.host, config.metricsPort);
  await pushWaiting(database, clock.now());
  // What a killed process had stored and not made sense of waits for nobody's timer.
  await rooms.conversation.catchUp(clock.now());
  await nanoMdm?.catchUp();
  // Half of the connections at most are kept for locks; the other half is for the work, and for callers.
  const turns = takingTurns(Math.floor(config.poolSize / 2));
  const recurring = timers.map(({ name, seconds, handler }) =>
    startRecurring({ name, seconds, handler, database, turns, log }),
  );
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  return {
    url: config.publicUrl,
    port,
    database,
    fillKeyPool: (size) => keyPool.fill(size),
    runTimers: async () => {
      for (const { handler } of timers) await handler();
      await nanoMdm?.settled();
      await rooms.pushing.settled();
    },
    stop: async () => {
      stopping = true;
      await app.close();
      metricsServer?.close();
      await Promise.all(recurring.map((each) => each.stop()));
      await nanoMdm?.settled();
      await rooms.pushing.settled();
      await rooms.contacts.flush().catch((error: unknown) => log.warn('contacts lost', { error }));
      await changes.stop();
      await push.close();
      await database.destroy();
    },
  };
}

const addressesOf = (config: Config, nanoMdm: NanoMdm | null): DeviceAddresses => ({
  mdmUrl: new URL('/mdm', config.deviceUrl).href,
  scepUrl: new URL('/scep', config.scepUrl).href,
  tlsRoot: config.tlsRoot,
  ...(nanoMdm === null ? {} : { mdmUrlOf: nanoMdm.mdmUrlOf }),
});
