import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { parsePlistDict } from '@keyhaven/mac/plist';
import { dictOf, textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollAt, storedMacs, storePaper, untilSaved } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { keyOf, type Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { askDatabase } from './ask-database.ts';

const owner = 'employee@example.com';
const soon = 310 * 86_400_000;
let world: BenchWorld;
beforeAll(async () => {
  world = await startBenchWorld();
});
afterAll(() => world.close());

async function storedMac(): Promise<{ readonly mac: WatchedMac; readonly portal: Portal }> {
  const { macs, portal } = await storedMacs(world, [owner]);
  const [mac] = macs;
  if (mac === undefined) throw new Error('there is no Mac');
  return { mac, portal };
}

const generationsOf = ({ device }: WatchedMac) =>
  askDatabase(world, 'select id from enrollments where device_id = $1 order by id', [device]);
const certificateOf = ({ mac }: WatchedMac): string =>
  mac.state.enrollment?.certificate.toString('hex') ?? '';

/** The kinds of command that went out since. */
const kindsSince = (from: number): readonly string[] =>
  world.exchanges.slice(from).flatMap(({ request, response }) => {
    if (!request.start.startsWith('PUT /mdm') || response === null || response.body.length === 0) return [];
    return [textOf(dictOf(parsePlistDict(response.body), 'Command') ?? {}, 'RequestType') ?? ''];
  });

describe('a renewal', () => {
  it('2.7-2 keeps the generation, what waits for the Mac, its keys and its FileVault profile', async () => {
    const { mac, portal } = await storedMac();
    const generations = await generationsOf(mac);
    const certificate = certificateOf(mac);
    const versions = await portal.versions(mac);
    world.clock.move(soon);
    mac.mac.setBehaviour(asleep);
    await world.runTimers();
    await storePaper(portal, mac);
    const from = world.exchanges.length;
    mac.behave(answers);
    await untilSaved(portal, mac);
    for (let polls = 0; polls < 3; polls += 1) await mac.mac.wake();
    await mac.mac.settled();
    expect(certificateOf(mac)).not.toBe(certificate);
    expect(await generationsOf(mac)).toEqual(generations);
    // One InstallProfile, which was the enrollment profile: the FileVault profile has not gone out again.
    expect(kindsSince(from).filter((kind) => kind === 'InstallProfile')).toHaveLength(1);
    expect(kindsSince(from)).toContain('RotateFileVaultKey');
    const known = (await portal.versions(mac)).map(({ version }) => version);
    expect(known).toEqual(expect.arrayContaining(versions.map(({ version }) => version)));
    expect(keyOf(await portal.reveal(owner, mac))).toBe(mac.mac.paper.currentRecoveryKey);
    world.clock.move(-soon);
  });

  it('2.7-3 that waits is not what comes when the Mac is enrolled anew: that is another generation', async () => {
    const { mac, portal } = await storedMac();
    const generations = await generationsOf(mac);
    const earlier = speakingTo(world.origin)(mac.mac);
    world.clock.move(soon);
    mac.mac.setBehaviour(asleep);
    await world.runTimers();
    await world.freshPerson(owner);
    await enrollAt(portal, owner, mac.mac);
    await mac.mac.settled();
    expect(await generationsOf(mac)).toHaveLength(generations.length + 1);
    expect((await earlier.say({ UDID: earlier.udid, Status: 'Idle' })).status).toBe(400);
    expect((await portal.device(mac)).enrollment.state).toBe('active');
    const certificate = certificateOf(mac);
    mac.behave(answers);
    await storePaper(portal, mac);
    await untilSaved(portal, mac);
    // The renewal of the generation that is over has gone with it.
    expect(certificateOf(mac)).toBe(certificate);
    world.clock.move(-soon);
  });
});
