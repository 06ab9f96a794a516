import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { filevaultOff } from '@keyhaven/mac/behaviours/filevault-off';
import { rotatesWithoutReplyKey } from '@keyhaven/mac/behaviours/rotates-without-reply-key';
import { readCertificate } from '@keyhaven/mac/certificate';
import { escrowOf } from '@keyhaven/mac/file-vault';
import { parsePlistDict } from '@keyhaven/mac/plist';
import { dataOf, dictOf, textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollAt, storedMacs, storePaper, untilSaved } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { keyOf, type Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { askDatabase } from './ask-database.ts';
import { oddEnvelope } from './odd-envelopes.ts';
import { sending } from './sending.ts';

const owner = 'employee@example.com';
let world: BenchWorld;
let portal: Portal;
let first: WatchedMac;
let second: WatchedMac;
/** The kinds of command that the first Mac was sent until its key was saved. */
let asked: readonly string[];

beforeAll(async () => {
  world = await startBenchWorld();
  const begun = await storedMacs(world, [owner]);
  asked = commandsSent().map(({ kind }) => kind);
  const more = await storedMacs(world, [owner]);
  const [[one], [two]] = [begun.macs, more.macs];
  if (one === undefined || two === undefined) throw new Error('there are no two Macs');
  [first, second, portal] = [one, two, begun.portal];
});
afterAll(() => world.close());

function commandsSent() {
  return world.exchanges.flatMap(({ request, response }) => {
    if (!request.start.startsWith('PUT /mdm') || response === null || response.body.length === 0) return [];
    const command = dictOf(parsePlistDict(response.body), 'Command') ?? {};
    return [{ kind: textOf(command, 'RequestType') ?? '', command }];
  });
}

const escrowCertificate = ({ mac }: WatchedMac): Buffer =>
  escrowOf(mac.state)?.certificate ?? Buffer.alloc(0);
const keyOnDisk = ({ mac }: WatchedMac): string => mac.paper.currentRecoveryKey ?? '';

async function keysShown(mac: WatchedMac): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const { version } of await portal.versions(mac)) {
    const key = keyOf(await portal.reveal(owner, mac, version));
    if (key !== null) keys.add(key);
  }
  return keys;
}

async function tellStatus(mac: WatchedMac): Promise<void> {
  await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
  await mac.mac.wake();
  await mac.mac.settled();
}

describe('the escrow copy', () => {
  it('5.2-3 4.4-3 is asked for at enrollment, after the profile, before a rotation and after it', () => {
    const profile = asked.indexOf('InstallProfile');
    const rotation = asked.indexOf('RotateFileVaultKey');
    expect(profile).toBeGreaterThanOrEqual(0);
    expect(rotation).toBeGreaterThan(profile);
    expect(asked.slice(profile, rotation)).toContain('SecurityInfo');
    expect(asked[rotation - 1]).toBe('SecurityInfo');
    expect(asked.slice(rotation)).toContain('SecurityInfo');
  });

  it('4.5-3 saves a rotation that was acknowledged without a key', async () => {
    first.behave(rotatesWithoutReplyKey);
    await storePaper(portal, first);
    await untilSaved(portal, first);
    first.behave(answers);
    expect(keyOf(await portal.reveal(owner, first))).toBe(keyOnDisk(first));
  });

  it('5.2-2 of a Mac that says FileVault is off takes no key away', async () => {
    const before = await keysShown(first);
    first.behave(filevaultOff);
    await tellStatus(first);
    expect((await portal.device(first)).encryption.enabled).toBe(false);
    expect(await keysShown(first)).toEqual(before);
    first.behave(answers);
    await tellStatus(first);
    expect((await portal.device(first)).encryption.enabled).toBe(true);
  });
});

describe('escrow keys', () => {
  it('4.4-1 5.1-5 are another for each Mac and generation, and kept before a rotation names them', async () => {
    const earlier = escrowCertificate(second);
    await enrollAt(portal, owner, second.mac);
    await second.mac.settled();
    const certificates = [escrowCertificate(first), earlier, escrowCertificate(second)];
    expect(new Set(certificates.map((each) => each.toString('hex'))).size).toBe(3);
    const kept = await askDatabase<{ der: Buffer }>(world, 'select certificate_der as der from escrow_keys');
    const known = new Set(kept.map(({ der }) => der.toString('hex')));
    for (const certificate of certificates) expect(known.has(certificate.toString('hex'))).toBe(true);
    const rotations = commandsSent().filter(({ kind }) => kind === 'RotateFileVaultKey');
    expect(rotations.length).toBeGreaterThan(1);
    for (const { command } of rotations) {
      expect(known.has(dataOf(command, 'ReplyEncryptionCertificate')?.toString('hex') ?? '')).toBe(true);
    }
  });

  it('5.1-7 of earlier generations still open what was encrypted to them', async () => {
    const earlier = readCertificate(escrowCertificate(second));
    await enrollAt(portal, owner, second.mac);
    await second.mac.settled();
    expect(escrowCertificate(second).equals(earlier.raw)).toBe(false);
    await second.mac.makeNewRecoveryKey();
    const copy = oddEnvelope(Buffer.from(keyOnDisk(second)), [earlier]);
    second.mac.setBehaviour(sending(() => copy));
    await tellStatus(second);
    expect(await keysShown(second)).toContain(keyOnDisk(second));
    second.behave(answers);
  });

  it('5.4-6 of one Mac open nothing for another', async () => {
    const other = 'QWER-TYUP-2345-6789-ABCD-EFGH';
    const copy = oddEnvelope(Buffer.from(other), [readCertificate(escrowCertificate(second))]);
    first.mac.setBehaviour(sending(() => copy));
    await tellStatus(first);
    expect(await keysShown(first)).not.toContain(other);
    expect(await keysShown(second)).not.toContain(other);
    first.behave(answers);
  });
});

it('3.6-7 a Mac that was erased and enrolled again has its new key beside the earlier ones', async () => {
  const before = await keysShown(second);
  await second.mac.erase();
  await enrollAt(portal, owner, second.mac);
  await second.mac.settled();
  await second.mac.turnFileVaultOn();
  await tellStatus(second);
  const after = await keysShown(second);
  expect(before.has(keyOnDisk(second))).toBe(false);
  expect(after).toEqual(new Set([...before, keyOnDisk(second)]));
});
