import { Agent } from 'node:http';
import { mutate as mutateBytes, seeded } from '@keyhaven/apple-mdm/oracle/mutations';
import { chance, mutate as mutateDocument } from '@keyhaven/apple-mdm/plist/mutations.fixture';
import { storedMacs, storePaper, untilSaved } from './bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { print, residentMebibytes } from './figures.ts';
import { type MacVoice, send, speakingTo } from './mac-voice.ts';
import { keyOf } from './portal.ts';

export type FuzzFigures = {
  readonly statuses: Readonly<Record<string, number>>;
  /** Between the end of the warm-up and the end. */
  readonly grownMebibytes: number;
  readonly keyStillTrue: boolean;
};

const owner = 'employee@example.com';
const lines = 8;

/** Sends so many mutated messages over real HTTP, eight at a time, then does a full store as ever. */
export async function runFuzz(runs: number, seed: number): Promise<FuzzFigures> {
  const world = await startBenchWorld();
  const agent = new Agent({ keepAlive: true, maxSockets: lines });
  try {
    const { portal, macs } = await storedMacs(world, [owner]);
    const [mac] = macs;
    if (mac === undefined) throw new Error('there is no Mac');
    const origin = `http://localhost:${world.server().port}`;
    const tries = await triesOf(world, origin, speakingTo(origin, agent)(mac.mac), agent, seed);
    const statuses = new Map<string, number>();
    const play = async (from: number, to: number): Promise<void> => {
      let next = from;
      const line = async (): Promise<void> => {
        while (next < to) {
          const run = next;
          next += 1;
          const [kind, status] = await tries(run);
          const name = `${kind} ${status}`;
          statuses.set(name, (statuses.get(name) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: lines }, line));
    };
    const warm = Math.floor(runs / 4);
    await play(0, warm);
    const before = residentMebibytes();
    await play(warm, runs);
    const after = residentMebibytes();
    print(
      `fuzz: ${runs} messages, seed ${seed}, ${JSON.stringify(Object.fromEntries([...statuses].toSorted(([a], [b]) => a.localeCompare(b))))}, ` +
        `memory ${before} → ${after} MiB`,
    );
    // A mutated answer may have said anything of this Mac; it is asked again.
    await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
    await mac.mac.wake();
    await storePaper(portal, mac);
    await untilSaved(portal, mac);
    const key = keyOf(await portal.reveal(owner, mac));
    return {
      statuses: Object.fromEntries(statuses),
      grownMebibytes: after - before,
      keyStillTrue: key === mac.mac.paper.currentRecoveryKey,
    };
  } finally {
    agent.destroy();
    await world.close();
  }
}

type Try = (run: number) => Promise<readonly [kind: string, status: number]>;

/** One message for each number, always the same: a body signed rightly, a wrong signature, or a SCEP message. */
async function triesOf(
  world: BenchWorld,
  origin: string,
  voice: MacVoice,
  agent: Agent,
  seed: number,
): Promise<Try> {
  const requests = world.exchanges.map(({ request }) => request);
  const bodies = requests
    .filter(({ start }) => start.startsWith('PUT /mdm'))
    .map(({ body }) => Buffer.from(body));
  const scep = requests.find(({ start }) => start.includes('PKIOperation'));
  const [idle] = bodies;
  if (scep === undefined || idle === undefined) throw new Error('the Mac said nothing to begin with');
  const scepUrl = `${origin}${scep.start.split(' ')[1] ?? ''}`;
  const scepHeaders = { 'Content-Type': 'application/x-pki-message' };
  const signature = Buffer.from(voice.sign(idle), 'base64');
  const scepBody = Buffer.from(scep.body);
  return async (run) => {
    const random = seeded(seed + run);
    switch (run % 4) {
      case 0:
        return [
          'signature',
          (await voice.put(idle, mutateBytes(signature, random).toString('base64'))).status,
        ];
      case 1:
        return [
          'scep',
          (await send(scepUrl, 'POST', mutateBytes(scepBody, random), scepHeaders, agent)).status,
        ];
      default:
        return ['message', (await voice.put(mutateDocument(chance(seed + run), bodies))).status];
    }
  };
}
