import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type BenchFleet, type BenchMac, enrollMacs, startBenchFleet } from './bench-macs.ts';
import { type BenchServer, startBenchServer } from './bench-server.ts';
import { measureCycles } from './cycles.ts';
import { type Figure, figuresOf } from './figure.ts';
import { freePort } from './free-port.ts';
import type { Options } from './options.ts';
import { measurePolls } from './polls.ts';
import { reportProfile } from './profile-report.ts';
import { measureStatements } from './statements.ts';
import { measureStores } from './store.ts';

const storesMeasured = 20;
const cyclesCounted = 10;

/** Starts a server, its database and a fleet, and measures what was asked for. Ends all of them. */
export async function measureUnderLoad(
  options: Options,
  folder: string,
  tell: (words: string) => void,
): Promise<readonly Figure[]> {
  const macs = await startBenchFleet();
  const server = await startBenchServer({
    dataFolder: folder,
    port: await freePort(),
    apnsUrl: macs.fleet.apns.url,
    oneCore: options.oneCore,
  });
  try {
    return await measureAll(options, { server, macs, tell });
  } finally {
    await macs.fleet.close();
    await server.stop();
  }
}

type Scene = {
  readonly server: BenchServer;
  readonly macs: BenchFleet;
  readonly tell: (words: string) => void;
};

async function measureAll(options: Options, scene: Scene): Promise<readonly Figure[]> {
  const { server, macs, tell } = scene;
  const figures: Figure[] = [];
  const memory: Figure[] = [await memoryOf(server, 'at start')];
  tell(`enrolling ${options.macs} Macs …`);
  const { enrolled, figures: enrolling } = await measureEnrolling(options, scene);
  figures.push(...enrolling);
  memory.push(await memoryOf(server, 'after the enrollments'));
  if (options.parts.has('store')) {
    tell('stores …');
    figures.push(...(await measureStores(enrolled.slice(0, storesMeasured))));
  }
  if (options.parts.has('cycles')) {
    tell('cycles …');
    const load = (): Promise<readonly Figure[]> => measureCycles(server, macs, enrolled, options);
    figures.push(...(await profiled(options, server, 'cycles', load)));
    memory.push(await memoryOf(server, 'after the cycles'));
  }
  if (options.parts.has('polls')) {
    tell('polls …');
    const polling = enrolled.map(({ mac }) => mac);
    const load = (): Promise<readonly Figure[]> => measurePolls(server, polling, options);
    figures.push(...(await profiled(options, server, 'polls', load)));
    memory.push(await memoryOf(server, 'after the polls'));
  }
  if (options.parts.has('steps')) {
    figures.push(...(await measureStatements(server, macs, enrolled.slice(-cyclesCounted))));
  }
  const { databaseMb } = await server.usage();
  memory.push(figuresOf('Memory')('PostgreSQL at the end, without shared pages', databaseMb, 'MB'));
  return [...figures, ...memory];
}

async function measureEnrolling(
  { macs: count }: Options,
  { server, macs }: Scene,
): Promise<{ readonly enrolled: readonly BenchMac[]; readonly figures: readonly Figure[] }> {
  const before = await server.usage();
  const began = performance.now();
  const enrolled = await enrollMacs(server.url, macs, count);
  for (const { mac } of enrolled) await mac.settled();
  const elapsed = (performance.now() - began) / 1000;
  const after = await server.usage();
  const figure = figuresOf('Enrollment: profile, SCEP, check-in, escrow key, FileVault profile');
  return {
    enrolled,
    figures: [
      figure('Macs', count, ''),
      figure('enrollments a second', count / elapsed, '/s'),
      figure('CPU an enrollment, server', (after.cpuMs - before.cpuMs) / count, 'ms'),
      figure('CPU an enrollment, PostgreSQL', (after.databaseCpuMs - before.databaseCpuMs) / count, 'ms'),
    ],
  };
}

const memoryOf = async (server: BenchServer, when: string): Promise<Figure> =>
  figuresOf('Memory')(`server ${when}`, (await server.usage()).residentMb, 'MB');

/** The same work, with a CPU profile of the server where one was asked for. */
async function profiled(
  { profileFolder }: Options,
  server: BenchServer,
  of: string,
  work: () => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  if (profileFolder === null) return work();
  await mkdir(profileFolder, { recursive: true });
  const file = path.resolve(profileFolder, `${of}.cpuprofile`);
  await server.profile();
  const figures = await work();
  await server.profiled(file);
  return [...figures, ...(await reportProfile(file, of))];
}
