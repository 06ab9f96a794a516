import { storedMacs } from './bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { print, residentMebibytes } from './figures.ts';
import type { Cut } from './http-gate.ts';
import type { Message } from './http-messages.ts';
import { keyOf, type Portal } from './portal.ts';
import type { WatchedMac } from './watched-mac.ts';

const owner = 'employee@example.com';
const rotationsAMac = 150;
const carriesKey = ({ start, body }: Message): boolean =>
  start.startsWith('PUT /mdm') && body.includes('RotateResult');

/**
 * Rotates once for each place: the Mac's PUT of the new key breaks off after so many bytes, or the server's answer to it
 * does. `most` places, spread evenly, the first and the last byte among them. Returns how many.
 */
export async function runCuts(most: number): Promise<number> {
  const world = await startBenchWorld();
  let rotations = 0;
  try {
    let bench = await newMac(world);
    const places = placesIn(world, most);
    for (const place of places) {
      if (rotations % rotationsAMac === rotationsAMac - 1) bench = await newMac(world);
      try {
        await rotateCut(world, bench.portal, bench.mac, place);
      } catch (error) {
        print(`cut: the ${place.in} after ${place.afterBytes} bytes`);
        throw error;
      }
      rotations += 1;
      world.exchanges.splice(0);
    }
  } finally {
    await world.close();
  }
  print(`cut: ${rotations} places, ${residentMebibytes()} MiB`);
  return rotations;
}

async function newMac(world: BenchWorld): Promise<{ readonly portal: Portal; readonly mac: WatchedMac }> {
  const { portal, macs } = await storedMacs(world, [owner]);
  const [mac] = macs;
  if (mac === undefined) throw new Error('there is no Mac');
  return { portal, mac };
}

type Place = Pick<Cut, 'in' | 'afterBytes'>;

function placesIn(world: BenchWorld, most: number): readonly Place[] {
  const sample = world.exchanges.find(({ request }) => carriesKey(request));
  if (sample === undefined || sample.response === null) throw new Error('no key went over the wire');
  const requestBytes = sample.request.bytes.length;
  const all = requestBytes + sample.response.bytes.length + 2;
  const count = Math.min(most, all);
  return Array.from({ length: count }, (_, index): Place => {
    const at = Math.round((index * (all - 1)) / (count - 1));
    return at <= requestBytes
      ? { in: 'request', afterBytes: at }
      : { in: 'response', afterBytes: at - requestBytes - 1 };
  });
}

async function rotateCut(
  world: BenchWorld,
  portal: Portal,
  watched: WatchedMac,
  place: Place,
): Promise<void> {
  const { mac, device } = watched;
  const before = await portal.versions(watched);
  world.gate.cut({ ...place, of: carriesKey });
  const asked = await portal.call(owner, 'POST', `/api/v1/devices/${device}/recovery-key/rotate`, {});
  if (asked.status !== 202) throw new Error(`the rotation was answered ${asked.status}`);
  await mac.wake();
  await mac.settled();
  if (world.gate.waitsToCut()) throw new Error('nothing was cut');
  await mac.wake();
  await mac.settled();
  const { attempt } = await portal.device(watched);
  if (attempt?.state !== 'saved') throw new Error(`the attempt is ${attempt?.state}`);
  const after = await portal.versions(watched);
  if (after.length !== before.length + 1)
    throw new Error(`${after.length - before.length} versions came of one key`);
  const revealed = await portal.reveal(owner, watched);
  if (keyOf(revealed) !== mac.paper.currentRecoveryKey) throw new Error('the key is not the Mac’s');
}
