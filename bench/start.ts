import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Figure, figuresOf } from './figure.ts';
import { signInOwner } from './owner.ts';
import { startProduct } from './product.ts';

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
  const began = performance.now();
  const product = await startProduct(dataFolder);
  try {
    const seconds = (performance.now() - began) / 1000;
    const kept = await whatIsKept(product.url, dataFolder);
    const stopping = performance.now();
    await product.stop();
    return { seconds, kept, stopSeconds: (performance.now() - stopping) / 1000 };
  } finally {
    await product.stop();
  }
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
