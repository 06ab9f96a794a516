import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Device, Ownership } from '@keyhaven/api-contract/device';
import { Fleet } from '@keyhaven/mac/fleet';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { fileKeys } from '@keyhaven/sealing/file-keys';
import { sealedFromBytes } from '@keyhaven/sealing/record';
import { open } from '@keyhaven/sealing/seal';
import { sql } from 'kysely';
import { readConfig } from '../config.ts';
import { type Person, signIn } from '../evaluation/person.ts';
import { type KeyVersionId, parseId } from '../kernel/id.ts';
import { type Server, startServer } from '../main.ts';
import { type ShiftedClock, shiftedClock } from '../modules/access/access-runner.fixture.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { openLog } from '../platform/log/log.ts';
import { keyBinding } from '../vault/bindings.ts';

/** The whole server with simulated Macs over HTTP, whichever way their words take. */
export type TransportWorld = {
  readonly server: Server;
  readonly fleet: Fleet;
  readonly clock: ShiftedClock;
  readonly dataFolder: string;
  readonly logged: () => string;
  readonly person: (email: string) => Promise<Person>;
  /** A Mac of this person, enrolled, with its FileVault profile taken and nothing left to do. */
  readonly enrolledMac: (email: string) => Promise<WorldMac>;
  /** The key that the server holds as the Mac's current one, or as its escrow copy, opened. */
  readonly heldKey: (device: Device, state?: 'current' | 'unproven') => Promise<string | null>;
  /** Lets that much time pass, and runs what was due. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly close: () => Promise<void>;
};
export type WorldMac = { readonly mac: SimulatedMac; readonly device: Device };

export type WorldParts = { readonly fleet: Fleet; readonly port: number };

/** Starts it. `settings` are made when the ports are known. */
export async function startTransportWorld(
  settings: (parts: WorldParts) => Readonly<Record<string, string>> = () => ({}),
): Promise<TransportWorld> {
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-transport-'));
  const testDatabase = await createTestDatabase();
  const port = await freePort();
  const clock = shiftedClock();
  const fleet = await Fleet.start({ retryMilliseconds: 300 });
  let log = '';
  const { connectionString } = testDatabase;
  const server = await startServer({
    config: readConfig({
      KEYHAVEN_PORT: String(port),
      KEYHAVEN_DATA: dataFolder,
      KEYHAVEN_DATABASE_URL: connectionString,
      KEYHAVEN_APNS_URL: fleet.apns.url,
      ...settings({ fleet, port }),
    }),
    connectionString,
    clock,
    log: openLog({ destination: { write: (line: string) => void (log += line) } }),
  });
  const people = new Map<string, Promise<Person>>();
  const person = (email: string): Promise<Person> => {
    const known = people.get(email) ?? signIn(server.url, email, 'keyhaven');
    people.set(email, known);
    return known;
  };
  return {
    server,
    fleet,
    clock,
    dataFolder,
    logged: () => log,
    person,
    enrolledMac: async (email) => {
      const mac = await fleet.addMac({});
      const someone = await person(email);
      await mac.enroll(await someone.enrollmentProfile());
      const device = await until(() => findMac(someone, mac), isReady);
      await until(async () => ((await countUnanswered(server, device)) === 0 ? true : null));
      return { mac, device };
    },
    heldKey: (device, state = 'current') => openHeldKey(server, dataFolder, device, state),
    pass: async (milliseconds) => {
      clock.advance(milliseconds);
      people.clear();
      await server.runTimers();
    },
    close: async () => {
      await server.stop();
      await fleet.close();
      await testDatabase.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

const isReady = (device: Device): boolean =>
  device.fileVaultProfile === 'acknowledged' && device.encryption.enabled !== null;

export const findMac = async (someone: Person, mac: SimulatedMac): Promise<Device | null> =>
  (await someone.myMacs()).find(({ serialNumber }) => serialNumber === mac.identity.serialNumber) ?? null;

/** Looks again and again, for at most 30 s, until what is found holds. */
export async function until<Found>(
  look: () => Promise<Found | null> | Found | null,
  holds: (found: Found) => boolean = () => true,
): Promise<Found> {
  for (const end = performance.now() + 30_000; performance.now() < end; await pause(50)) {
    const found = await look();
    if (found !== null && holds(found)) return found;
  }
  throw new Error('it did not come about within 30 s');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function countUnanswered({ database }: Server, device: Device): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from commands
    where device_id = ${device.id} and state in ('queued', 'delivered', 'not-now')`.execute(database);
  return rows[0]?.count ?? 0;
}

type HeldRow = { readonly id: KeyVersionId; readonly ownershipClass: Ownership; readonly sealed: Buffer };

async function openHeldKey(
  { database }: Server,
  folder: string,
  device: Device,
  state: string,
): Promise<string | null> {
  const { rows } = await sql<HeldRow>`select id, ownership_class as "ownershipClass", sealed from key_versions
    where device_id = ${device.id} and state = ${state} order by version desc`.execute(database);
  const [row] = rows;
  const id = parseId<'device'>(device.id);
  if (row === undefined || id === null) return null;
  const keys = fileKeys({ folder, mustExist: true, now: () => new Date() });
  const key = await open(sealedFromBytes(row.sealed), keyBinding(id, row.id, row.ownershipClass), keys);
  return key.expose().toString('utf8');
}
