import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type Figure, figuresOf, tableOf } from './figure.ts';
import { measureOnboarding } from './onboarding.ts';
import { help, type Options, readOptions } from './options.ts';
import { measurePages } from './pages.ts';
import { measureStart } from './start.ts';
import { measureSteps } from './steps.ts';
import { measureUnderLoad } from './under-load.ts';

/** What the numbers were measured on. */
function machine(): string {
  const { model = '?' } = os.cpus()[0] ?? {};
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
  const load = os.loadavg()[0]?.toFixed(1) ?? '?';
  return `${os.cpus().length} × ${model.trim()}, ${os.type()} ${os.release()}, Node ${process.version}, commit ${commit}, load ${load}`;
}

async function run(options: Options, folder: string): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const tell = (words: string): void => {
    if (!options.json) process.stderr.write(`${words}\n`);
  };
  const began = performance.now();
  if (options.parts.has('start')) {
    tell('npm start, twice …');
    figures.push(...(await measureStart(await newFolder(folder, 'start'))));
  }
  if (options.parts.has('steps')) {
    tell('steps …');
    figures.push(...(await measureSteps(await newFolder(folder, 'steps'))));
  }
  if (['store', 'cycles', 'polls'].some((part) => [...options.parts].some((wanted) => wanted === part))) {
    figures.push(...(await measureUnderLoad(options, await newFolder(folder, 'load'), tell)));
  }
  if (options.parts.has('onboarding')) {
    figures.push(...(await measureOnboarding(options, await newFolder(folder, 'onboarding'), tell)));
  }
  if (options.parts.has('pages')) {
    tell('pages, by Lighthouse …');
    figures.push(...(await measurePages(await newFolder(folder, 'pages'), tell)));
  }
  return [...figures, figuresOf('This benchmark')('took', (performance.now() - began) / 1000, 's')];
}

async function newFolder(parent: string, name: string): Promise<string> {
  const folder = path.join(parent, name);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    console.log(help);
    return 0;
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-bench-'));
  try {
    const figures = await run(options, folder);
    if (options.json) {
      for (const figure of figures) console.log(JSON.stringify({ ...figure, machine: machine() }));
    } else console.log(`${machine()}\n${tableOf(figures)}`);
    // A time is never wrong; a thing that was lost is.
    return figures.some(({ unit, value }) => unit === 'yes' && value !== 1) ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exit(1);
  },
);
