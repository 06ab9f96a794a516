import type { SimulatedMac } from '@keyhaven/mac/mac';
import type { BenchWorld } from './bench-world.ts';
import { type Portal, portalOf } from './portal.ts';
import { type WatchedMac, watchMac } from './watched-mac.ts';

/** Enrolled Macs with a stored key each, for stories that begin there. */
export async function storedMacs(
  world: BenchWorld,
  owners: readonly string[],
): Promise<{ readonly portal: Portal; readonly macs: readonly WatchedMac[] }> {
  const portal = portalOf(world);
  const macs: WatchedMac[] = [];
  for (const owner of owners) {
    const mac = watchMac(await world.fleet.addMac(), owner);
    await enrollAt(portal, owner, mac.mac);
    await portal.learnDevice(mac);
    await storePaper(portal, mac);
    await untilSaved(portal, mac);
    macs.push(mac);
  }
  return { portal, macs };
}

export async function enrollAt(portal: Portal, owner: string, mac: SimulatedMac): Promise<void> {
  const profile = await portal.profile(owner);
  if (profile === null) throw new Error('there is no enrollment profile');
  await mac.enroll(profile);
  await mac.wake();
}

/** Its owner types what is on paper. */
export async function storePaper(portal: Portal, { mac, owner, device }: WatchedMac): Promise<void> {
  const recoveryKey = mac.paper.currentRecoveryKey;
  const typed = { recoveryKey, confirmation: recoveryKey };
  const { status } = await portal.call(owner, 'PUT', `/api/v1/devices/${device}/recovery-key`, typed);
  if (status !== 202) throw new Error(`the store was answered ${status}`);
}

/** Lets the Mac poll until its attempt has ended well. */
export async function untilSaved(portal: Portal, mac: WatchedMac): Promise<void> {
  for (let polls = 0; polls < 5; polls += 1) {
    await mac.mac.wake();
    await mac.mac.settled();
    const { attempt } = await portal.device(mac);
    if (attempt?.state === 'saved') return;
  }
  throw new Error(`the attempt is ${(await portal.device(mac)).attempt?.state}, not saved`);
}
