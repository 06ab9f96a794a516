import path from 'node:path';
import { fileKeys } from '@keyhaven/sealing/file-keys';
import { apnsPush } from './adapters/apns/apns.ts';
import { type Config, ConfigRefused } from './config.ts';
import { openDoors } from './http-doors.ts';
import { settleMode } from './installation.ts';
import { after, type Clock, systemClock } from './kernel/clock.ts';
import { type Ids, randomIds } from './kernel/id.ts';
import { chainNotes } from './modules/audit/audit.ts';
import { pushWaiting } from './modules/commands/queue.ts';
import { rotateDueKeys } from './modules/escrow/rotate-due-keys.job.ts';
import { timeOutAttempts } from './modules/escrow/while-waiting.ts';
import { askInventory } from './modules/inventory/ask-inventory.job.ts';
import { ensureDefaultPolicy } from './modules/policy/policy.ts';
import { replaceProfiles } from './modules/policy/replace-profiles.job.ts';
import { listenForChanges } from './platform/changes/listener.ts';
import { type Database, openDatabase } from './platform/db/database.ts';
import { migrate } from './platform/db/migrate.ts';
import { startRecurring } from './platform/jobs/recurring.ts';
import type { Log } from './platform/log/log.ts';
import { serveMetrics } from './platform/metrics/metrics.ts';
import { buildRooms, type Rooms } from './rooms.ts';
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
  readonly stop: () => Promise<void>;
};

/** The built web, beside the server's sources. */
export const webFolder = path.resolve(import.meta.dirname, '../../web/dist');

/** Starts one server process: migrates, opens the vault, puts the rooms together, listens. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, connectionString, log } = options;
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? randomIds;
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
  const vault = await openLocalVault({ database, keys, clock, ids });
  const push = apnsPush({
    ...apnsOf(config),
    clock,
    onFault: (reason) => log.warn('push failed', { reason }),
  });
  const rooms = buildRooms({ config, database, vault, push, clock, ids, log });
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
    changes,
    clock,
    log,
    webFolder,
    isReady,
  });
  const timers = timersOf(rooms, database, clock);
  await app.listen({ host: config.host, port: config.port });
  const metricsServer =
    config.metricsPort === null ? null : await serveMetrics(metrics, config.host, config.metricsPort);
  await pushWaiting(database, clock.now());
  // What a killed process had stored and not made sense of waits for nobody's timer.
  await rooms.conversation.catchUp(clock.now());
  const recurring = timers.map(({ name, seconds, handler }) =>
    startRecurring({ name, seconds, handler, database, log }),
  );
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  return {
    url: config.publicUrl,
    port,
    database,
    runTimers: async () => {
      for (const { handler } of timers) await handler();
      await rooms.pushing.settled();
    },
    stop: async () => {
      stopping = true;
      await app.close();
      metricsServer?.close();
      await Promise.all(recurring.map((each) => each.stop()));
      await rooms.pushing.settled();
      await rooms.contacts.flush().catch((error: unknown) => log.warn('contacts lost', { error }));
      await changes.stop();
      await push.close();
      await database.destroy();
    },
  };
}

type Timer = { readonly name: string; readonly seconds: number; readonly handler: () => Promise<void> };

function timersOf(rooms: Rooms, database: Database, clock: Clock): readonly Timer[] {
  const { runner, pushing } = rooms;
  const { wake } = pushing;
  const asking = { database, wake, clock, ids: runner.ids, chance: Math.random };
  return [
    { name: 'inventory.ask', seconds: 10, handler: async () => void (await askInventory(asking)) },
    { name: 'inventory.check-ins', seconds: 5, handler: rooms.contacts.flush },
    {
      name: 'policy.replace-profiles',
      seconds: 30,
      handler: async () => void (await replaceProfiles({ database, runner, wake })),
    },
    { name: 'commands.push', seconds: 2, handler: async () => void (await rooms.pushing.pushDue()) },
    { name: 'escrow.time-out', seconds: 5, handler: async () => void (await timeOutAttempts(rooms.escrow)) },
    { name: 'escrow.rotate-due', seconds: 60, handler: async () => void (await rotateDueKeys(rooms.escrow)) },
    {
      name: 'commands.catch-up',
      seconds: 10,
      handler: async () => void (await rooms.conversation.catchUp(after(clock.now(), -10_000))),
    },
    {
      name: 'audit.chain',
      seconds: 1,
      handler: async () => {
        while ((await chainNotes(database)) > 0);
      },
    },
  ];
}

function apnsOf(config: Config): { readonly url: string; readonly tls?: { cert: string; key: string } } {
  const { url, certificate, key } = config.apns;
  if (certificate === null && key === null) return { url };
  if (certificate === null || key === null) {
    throw new ConfigRefused(['Give both KEYHAVEN_APNS_CERTIFICATE and KEYHAVEN_APNS_KEY, or neither.']);
  }
  return { url, tls: { cert: certificate, key } };
}
