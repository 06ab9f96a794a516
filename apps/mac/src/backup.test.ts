import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedMac } from './mac.ts';
import { readRemembered, writeRemembered } from './mac-memory.ts';
import { TestMdmServer } from './test-support/mdm-server.ts';
import { decryptCms, makeCertificate, type TestCertificate } from './test-support/openssl.ts';
import { enrollmentProfile, escrowProfile } from './test-support/profiles.ts';
import { testSurroundings } from './test-support/surroundings.ts';

let ca: TestCertificate;
let escrow: TestCertificate;
let server: TestMdmServer;
let folder: string;
const opened: SimulatedMac[] = [];

beforeAll(() => {
  ca = makeCertificate('device ca');
  escrow = makeCertificate('escrow');
});
beforeEach(async () => {
  server = await new TestMdmServer(ca).start();
  folder = await mkdtemp(join(tmpdir(), 'keyhaven-backup-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((mac) => mac.close()));
  await server.stop();
  await rm(folder, { recursive: true });
});

const surroundings = testSurroundings();

/** Enrolled, with an escrow copy of its key. */
async function managedMac(place?: string): Promise<SimulatedMac> {
  const mac = await SimulatedMac.open({ surroundings, ...(place === undefined ? {} : { folder: place }) });
  opened.push(mac);
  await mac.enroll(enrollmentProfile(server.url, ca.der));
  server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
  await mac.poll();
  await mac.makeNewRecoveryKey();
  return mac;
}

const keyInCopy = ({ state }: SimulatedMac): string =>
  decryptCms(state.fileVault.escrowCopy ?? Buffer.alloc(0), escrow);

describe('a Mac restored from a backup', () => {
  test('has the identity, the profiles and the escrow copy of that day, and the key of today', async () => {
    const mac = await managedMac();
    const earlierKey = mac.paper.currentRecoveryKey;
    const backup = await mac.backUp();
    await mac.makeNewRecoveryKey();
    const key = mac.paper.currentRecoveryKey;
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    const given = mac.state.enrollment?.token;
    await mac.restore(backup);
    expect(mac.state.enrollment).toEqual(backup.state.enrollment);
    expect(mac.state.profiles).toEqual(backup.state.profiles);
    expect(keyInCopy(mac)).toBe(earlierKey);
    expect(mac.paper.currentRecoveryKey).toBe(key);
    expect(mac.state.fileVault.earlierRecoveryKeys).toContain(earlierKey);
    expect(mac.state.formerTokens).toContainEqual(given);
  });

  test('keeps its UDID and serial number when the backup is another Mac’s', async () => {
    const backup = await (await managedMac()).backUp();
    const other = await SimulatedMac.open({ surroundings });
    opened.push(other);
    const { udid, serialNumber } = other.identity;
    await other.restore(backup);
    expect(other.identity).toMatchObject({ udid, serialNumber });
    expect(other.state.enrollment?.certificate).toEqual(backup.state.enrollment?.certificate);
  });

  test('is still the restored one after the process was killed', async () => {
    const place = join(folder, 'mac');
    const mac = await managedMac(place);
    const backup = await mac.backUp();
    await mac.unenroll();
    await mac.restore(backup);
    const again = await SimulatedMac.open({ surroundings, folder: place });
    opened.push(again);
    expect(again.state).toEqual(mac.state);
    expect(again.state.enrollment).not.toBeNull();
  });

  test('comes back the same from a backup kept as text', async () => {
    const mac = await managedMac();
    const backup = await mac.backUp();
    expect(readRemembered(writeRemembered(backup))).toEqual(backup);
    expect(readRemembered('{"format":2}')).toBeNull();
  });
});

describe('a copy of a Mac', () => {
  test('has its certificate, its key and its names, and goes its own way from then on', async () => {
    const mac = await managedMac();
    const copyOf = await mac.backUp();
    const twin = await SimulatedMac.open({ surroundings, copyOf });
    opened.push(twin);
    expect(twin.state).toEqual(mac.state);
    await twin.makeNewRecoveryKey();
    expect(mac.paper.currentRecoveryKey).not.toBe(twin.paper.currentRecoveryKey);
    expect(keyInCopy(mac)).toBe(mac.paper.currentRecoveryKey);
  });

  test('with another UDID says so under the same certificate', async () => {
    const mac = await managedMac();
    const udid = '11111111-2222-4333-8444-555555555555';
    const twin = await SimulatedMac.open({ surroundings, copyOf: await mac.backUp(), identity: { udid } });
    opened.push(twin);
    server.seen.length = 0;
    await twin.wake();
    expect(server.seen.map(({ fields }) => fields['UDID'])).toEqual([udid]);
    expect(twin.state.enrollment?.certificate).toEqual(mac.state.enrollment?.certificate);
    expect(twin.identity.serialNumber).toBe(mac.identity.serialNumber);
  });
});

test.each(['kept', 'new'] as const)(
  'a logic board swapped: another UDID, an empty disk, a %s serial number',
  async (serial) => {
    const mac = await managedMac();
    const { udid, serialNumber, name } = mac.identity;
    await mac.swapLogicBoard(serial);
    expect(mac.identity.udid).not.toBe(udid);
    expect(mac.identity.serialNumber === serialNumber).toBe(serial === 'kept');
    expect(mac.identity.name).toBe(name);
    expect(mac.state).toMatchObject({ enrollment: null, profiles: [], fileVault: { enabled: false } });
    expect(mac.paper.currentRecoveryKey).toBeNull();
  },
);
