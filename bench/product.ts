import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const root = path.dirname(import.meta.dirname);

/** The whole product, started as a stranger does. */
export type Product = { readonly url: URL; readonly stop: () => Promise<void> };

/** `npm start` in evaluation mode on this data folder, until it is ready. Throws when it does not come to that. */
export async function startProduct(dataFolder: string): Promise<Product> {
  const port = await freePort();
  const url = new URL(`http://localhost:${port}`);
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
    env: { PATH: process.env['PATH'], KEYHAVEN_PORT: String(port), KEYHAVEN_DATA: dataFolder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  try {
    await untilReady(url, () => child.exitCode !== null);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
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
