import type { BenchFleet, BenchMac } from './bench-macs.ts';
import type { BenchServer } from './bench-server.ts';
import { runCycle } from './cycles.ts';
import { type Figure, figuresOf } from './figure.ts';
import { openConnection } from './http-connection.ts';
import { idleRequest } from './polls.ts';
import type { StatementCount } from './statement-count.ts';

/** Which statements a cycle and a poll send, one cycle at a time: how often, and until their answer. */
export async function measureStatements(
  server: BenchServer,
  macs: BenchFleet,
  some: readonly BenchMac[],
): Promise<readonly Figure[]> {
  for (const each of some) await each.mac.settled();
  await server.count();
  for (const each of some) await runCycle(macs, each, true);
  const ofCycles = await server.counted();
  const [first] = some;
  if (first === undefined) throw new Error('no Macs');
  const connection = await openConnection(server.url);
  const request = idleRequest(server.url, first.mac);
  await server.count();
  for (let index = 0; index < 100; index += 1) await connection.exchange(request);
  const ofPolls = await server.counted();
  connection.close();
  return [
    ...figures('Statements of one cycle, alone', ofCycles, some.length, 25),
    ...figures('Statements of one poll, alone', ofPolls, 100, 8),
  ];
}

function figures(
  part: string,
  counts: readonly StatementCount[],
  times: number,
  most: number,
): readonly Figure[] {
  const figure = figuresOf(part);
  const sum = (of: (count: StatementCount) => number): number =>
    counts.reduce((total, each) => total + of(each), 0) / times;
  const heaviest = counts.toSorted((a, b) => b.ms - a.ms).slice(0, most);
  return [
    figure(
      'statements',
      sum(({ count }) => count),
      '',
    ),
    figure(
      'time until their answers',
      sum(({ ms }) => ms),
      'ms',
    ),
    ...heaviest.map(({ name, count, ms }) =>
      figure(`${(count / times).toFixed(1).padStart(5)} × ${name}`, ms / times, 'ms'),
    ),
  ];
}
