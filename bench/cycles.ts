import process from 'node:process';
import type { BenchFleet, BenchMac } from './bench-macs.ts';
import type { BenchServer } from './bench-server.ts';
import { type Figure, figuresOf, percentile } from './figure.ts';

/** Stores of one Mac; 20 an hour are allowed, and 2 are left to the other parts. */
const storesOfEach = 18;

/**
 * One full escrow cycle: the owner stores the key from the paper (or, where the hour's stores are used up, asks for a
 * rotation), the server pushes, the Mac polls, answers SecurityInfo, rotates, answers with the new key, and answers the
 * SecurityInfo that follows. Done when the Mac's session is over: the attempt was saved before its answer was taken.
 */
export async function runCycle(macs: BenchFleet, each: BenchMac, stores: boolean): Promise<string> {
  const { mac, owner, device } = each;
  const key = mac.paper.currentRecoveryKey;
  if (key === null) throw new Error('a Mac without a recovery key');
  const rotated = macs.nextKey(mac);
  const attempt = stores ? await owner.store(device, key) : await owner.rotate(device);
  if (attempt.state === 'failed') throw new Error(`an attempt failed at once: ${attempt.reason}`);
  await rotated;
  await mac.settled();
  return attempt.id;
}

export type Load = { readonly seconds: number; readonly concurrency: number };

/** Time for V8 to compile what runs often, before anything is measured. */
export const warmUpSeconds = 3;

/** As many cycles as go in that time, each Mac in its turn. */
export async function measureCycles(
  server: BenchServer,
  macs: BenchFleet,
  all: readonly BenchMac[],
  { seconds, concurrency }: Load,
): Promise<readonly Figure[]> {
  const turns = takeTurns(macs, all);
  await turns.run({ seconds: warmUpSeconds, concurrency });
  const before = await server.usage();
  const ownBefore = process.cpuUsage();
  const began = performance.now();
  const latencies = await turns.run({ seconds, concurrency });
  const elapsed = (performance.now() - began) / 1000;
  const own = process.cpuUsage(ownBefore);
  const after = await server.usage();
  // What the load takes for a cycle is one: the last attempt of every Mac stands as saved.
  for (const [{ owner, device }, { attempt }] of turns.done) {
    const { state } = await owner.attempt(device, attempt);
    if (state !== 'saved') throw new Error(`an attempt of the run is ${state}`);
  }
  const cycles = latencies.length;
  const figure = figuresOf('Full escrow cycles over HTTP, signatures verified');
  const serverMs = (after.cpuMs - before.cpuMs) / cycles;
  const databaseMs = (after.databaseCpuMs - before.databaseCpuMs) / cycles;
  return [
    figure('cycles', cycles, ''),
    figure('cycles a second', cycles / elapsed, '/s'),
    figure('p50', percentile(latencies, 0.5), 'ms'),
    figure('p95', percentile(latencies, 0.95), 'ms'),
    figure('p99', percentile(latencies, 0.99), 'ms'),
    figure('CPU a cycle, server', serverMs, 'ms'),
    figure('CPU a cycle, PostgreSQL', databaseMs, 'ms'),
    figure('CPU a cycle, load (Macs and owners)', (own.user + own.system) / 1000 / cycles, 'ms'),
    figure('cycles a second of CPU, server and PostgreSQL', 1000 / (serverMs + databaseMs), '/s'),
  ];
}

type Turns = {
  /** The last attempt of each Mac, and how many it had. */
  readonly done: ReadonlyMap<BenchMac, { readonly count: number; readonly attempt: string }>;
  /** Milliseconds of each cycle. */
  readonly run: (load: Load) => Promise<readonly number[]>;
};

function takeTurns(macs: BenchFleet, all: readonly BenchMac[]): Turns {
  const idle = [...all];
  const done = new Map<BenchMac, { readonly count: number; readonly attempt: string }>();
  const run = async ({ seconds, concurrency }: Load): Promise<readonly number[]> => {
    const latencies: number[] = [];
    const end = performance.now() + seconds * 1000;
    const worker = async (): Promise<void> => {
      while (performance.now() < end) {
        const each = idle.shift();
        if (each === undefined) throw new Error('--macs must be more than --concurrency');
        const count = done.get(each)?.count ?? 0;
        const start = performance.now();
        const attempt = await runCycle(macs, each, count < storesOfEach);
        latencies.push(performance.now() - start);
        done.set(each, { count: count + 1, attempt });
        idle.push(each);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return latencies;
  };
  return { done, run };
}
