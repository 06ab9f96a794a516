import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { type Figure, figuresOf } from './figure.ts';
import { freePort } from './free-port.ts';
import { signInOwner } from './owner.ts';

const root = path.dirname(import.meta.dirname);

/**
 * `npm start` as a stranger does it, on a fresh data folder and with the pages not built, until it is ready; then once
 * more on what the first left. Removes apps/web/dist, which the first start makes again.
 */
export async function measureStart(dataFolder: string): Promise<readonly Figure[]> {
  await rm(path.join(root, 'apps/web/dist'), { recursive: true, force: true });
  const first = await startOnce(dataFolder);
  const second = await startOnce(dataFolder);
  const figure = figuresOf('npm start (wanted: ready in under 15 s)');
  return [
    figure('first start, pages built on the way', first.seconds, 's'),
    figure('second start', second.seconds, 's'),
    figure('Ctrl-C to the end', first.stopSeconds, 's'),
    figure('the second start kept everything', first.kept === second.kept ? 1 : 0, 'yes'),
  ];
}

type Start = {
  readonly seconds: number;
  readonly stopSeconds: number;
  /** Macs, keys and papers, as text to compare. */
  readonly kept: string;
};

async function startOnce(dataFolder: string): Promise<Start> {
  const port = await freePort();
  const url = new URL(`http://localhost:${port}`);
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
    env: { PATH: process.env['PATH'], KEYHAVEN_PORT: String(port), KEYHAVEN_DATA: dataFolder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await untilReady(url, () => child.exitCode !== null);
    const seconds = (performance.now() - began) / 1000;
    const kept = await whatIsKept(url, dataFolder);
    const stopping = performance.now();
    child.kill('SIGINT');
    await ended;
    return { seconds, kept, stopSeconds: (performance.now() - stopping) / 1000 };
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

async function untilReady(url: URL, hasEnded: () => boolean): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end; await pause(20)) {
    if (hasEnded()) throw new Error('npm start ended by itself');
    const answer = await fetch(new URL('/readyz', url)).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
  }
  throw new Error('npm start was not ready within two minutes');
}

async function whatIsKept(url: URL, dataFolder: string): Promise<string> {
  const drawer: unknown = JSON.parse(await readFile(path.join(dataFolder, 'evaluation.json'), 'utf8'));
  const papers = typeof drawer === 'object' && drawer !== null && 'macs' in drawer ? drawer.macs : null;
  const macs = [];
  for (const email of ['employee@example.com', 'colleague@example.com']) {
    const owner = await signInOwner(url, email);
    for (const { id, serialNumber, ownership, recoveryKey } of await owner.macs()) {
      macs.push({ id, serialNumber, ownership, recoveryKey });
    }
  }
  return JSON.stringify({ papers, macs });
}
