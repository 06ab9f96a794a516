import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from './world.ts';

const budget = 200 * 1024;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('the script that the portal loads first is at most 200 KB of brotli', async () => {
  const html = await (await fetch(world.url)).text();
  const tags = [...html.matchAll(/<(?:script|link)\b[^>]*>/g)].map(([tag]) => tag);
  const scripts = tags.filter((tag) => tag.startsWith('<script') || tag.includes('rel="modulepreload"'));
  const paths = scripts.flatMap((tag) => /\b(?:src|href)="(?<path>[^"]+)"/.exec(tag)?.groups?.['path'] ?? []);
  expect(paths.length).toBeGreaterThan(0);
  const sizes = await Promise.all(paths.map(async (path) => ({ path, size: await brotliSize(path) })));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  process.stdout.write(
    `first-load script: ${(total / 1024).toFixed(1)} KB brotli in ${sizes.length} files\n`,
  );
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThanOrEqual(budget);
});

/** As the build compresses it, whether or not it has been through that here. */
async function brotliSize(path: string): Promise<number> {
  const answer = await fetch(new URL(path, world.url));
  expect(answer.status).toBe(200);
  return brotliCompressSync(Buffer.from(await answer.arrayBuffer())).length;
}
