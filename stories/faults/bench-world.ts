import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fleet } from '@keyhaven/mac/fleet';
import type { Paper } from '@keyhaven/mac/mac-record';
import { realSurroundings } from '@keyhaven/mac/surroundings';
import { readConfig } from 'keyhaven/config';
import { type Server, startServer } from 'keyhaven/main';
import { createTestDatabase } from 'keyhaven/platform/db/test-database';
import { openLog } from 'keyhaven/platform/log/log';
import { type Caller, signInAs } from './caller.ts';
import { type DatabaseGate, openDatabaseGate } from './database-gate.ts';
import { type Exchange, type HttpGate, openHttpGate } from './http-gate.ts';
import { type MovedClock, moveableClock } from './moved-clock.ts';

/**
 * The real server on a real database, between a gate towards its callers and a gate towards its database, so that it can
 * be killed at any moment and started again at the same address.
 */
export type BenchWorld = {
  readonly origin: string;
  readonly gate: HttpGate;
  readonly clock: MovedClock;
  readonly fleet: Fleet;
  /** The way past the gate, for who looks into the database. */
  readonly connectionString: string;
  /** Every exchange over the gate since it was last emptied. */
  readonly exchanges: Exchange[];
  readonly server: () => Server;
  /** Drops the process as kill -9 would, now or after so many messages to its database. */
  readonly kill: () => void;
  readonly killAfter: (databaseMessages: number) => void;
  /** Takes back a kill that has not come about. */
  readonly spare: () => void;
  readonly isAlive: () => boolean;
  /** Starts a server if the last one was killed. */
  readonly revive: () => Promise<void>;
  readonly runTimers: () => Promise<void>;
  readonly person: (email: string) => Promise<Caller>;
  /** The same after a sign-in of this moment. */
  readonly freshPerson: (email: string) => Promise<Caller>;
  /** The last of what the servers have logged. */
  readonly logged: () => string;
  readonly close: () => Promise<void>;
};

export type BenchOptions = {
  readonly onRecoveryKeyChanged?: (paper: Paper) => void;
  /** Of the server to its database; default as in a new installation. */
  readonly connections?: number;
};

const mostLog = 4_000_000;
type Life = { readonly server: Server; readonly gate: DatabaseGate };

export async function startBenchWorld(options: BenchOptions = {}): Promise<BenchWorld> {
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-faults-'));
  const testDatabase = await createTestDatabase(1);
  const clock = moveableClock();
  const exchanges: Exchange[] = [];
  const gate = await openHttpGate((exchange) => exchanges.push(exchange));
  const origin = `http://localhost:${gate.port}`;
  const fleet = await Fleet.start({
    // Nothing happens at a Mac by itself, but what a push sets off.
    retryMilliseconds: 3_600_000,
    surroundings: { ...realSurroundings, now: clock.now },
    ...options,
  });
  let log = '';
  const keepLine = (line: string): void => {
    log = log.length > mostLog ? `${log.slice(-mostLog / 2)}${line}` : `${log}${line}`;
  };
  const begin = async (): Promise<Life> => {
    const databaseGate = await openDatabaseGate(testDatabase.connectionString);
    const config = readConfig({
      KEYHAVEN_PORT: '0',
      KEYHAVEN_PUBLIC_URL: origin,
      KEYHAVEN_DATA: dataFolder,
      KEYHAVEN_APNS_URL: fleet.apns.url,
      ...(options.connections === undefined
        ? {}
        : { KEYHAVEN_DATABASE_CONNECTIONS: String(options.connections) }),
    });
    const server = await startServer({
      config,
      connectionString: databaseGate.connectionString,
      log: openLog({ destination: { write: (line: string) => keepLine(line) } }),
      clock,
    });
    gate.leadTo(server.port);
    return { server, gate: databaseGate };
  };

  let life = await begin();
  let alive = true;
  const graves: Promise<void>[] = [];
  const bury = ({ server, gate: databaseGate }: Life): void => {
    alive = false;
    gate.leadTo(null);
    databaseGate.break();
    graves.push(
      server
        .stop()
        .catch(() => undefined)
        .then(() => databaseGate.close()),
    );
  };
  const people = new Map<string, Caller>();
  const freshPerson = async (email: string): Promise<Caller> => {
    const caller = await signInAs(origin, email);
    people.set(email, caller);
    return caller;
  };
  return {
    origin,
    gate,
    clock,
    fleet,
    connectionString: testDatabase.connectionString,
    exchanges,
    server: () => life.server,
    isAlive: () => alive,
    kill: () => {
      if (alive) bury(life);
    },
    killAfter: (databaseMessages) => {
      const now = life;
      now.gate.breakAfter(databaseMessages, () => bury(now));
    },
    spare: () => life.gate.disarm(),
    revive: async () => {
      if (alive) return;
      // PostgreSQL needs a moment to notice that the other side is gone.
      await pause(5);
      people.clear();
      life = await begin();
      alive = true;
    },
    runTimers: () => life.server.runTimers(),
    person: async (email) => people.get(email) ?? (await freshPerson(email)),
    freshPerson,
    logged: () => log,
    close: async () => {
      await fleet.close();
      if (alive) {
        await life.server.stop();
        await life.gate.close();
      }
      await Promise.all(graves);
      await gate.close();
      await testDatabase.close();
      clock.restore();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
