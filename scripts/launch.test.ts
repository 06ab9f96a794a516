import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agrees } from './launch.mjs';

const launcher = pathToFileURL(path.join(import.meta.dirname, 'launch.mjs')).href;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'launch-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

/** Launches a program in TypeScript; `says` reads its next line, null at the end of its output. */
async function launch(program: string): Promise<{ child: ChildProcess; says: () => Promise<string | null> }> {
  const script = path.join(folder, 'program.ts');
  await writeFile(script, program);
  const main = path.join(folder, 'launcher.mjs');
  await writeFile(
    main,
    `import { become } from '${launcher}'; become(${JSON.stringify(script)}, ['an argument']);`,
  );
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const says = async (): Promise<string | null> => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  return { child, says };
}

const waiting = `
  let times = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      console.log(name, (times += 1));
      setTimeout(() => process.exit(3), 200);
    });
  console.log('ready', process.pid);
  setInterval(() => {}, 1000);`;

test('the program gets the arguments, and its exit code is the launcher’s', async () => {
  const { child, says } = await launch(
    'const a: string = process.argv[2] ?? ""; console.log(a); process.exit(7);',
  );
  const ended = once(child, 'exit');
  expect(await says()).toBe('an argument');
  expect(await ended).toEqual([7, null]);
});

test('a Ctrl-C reaches the program once, and the launcher waits for its clean end', async () => {
  const { child, says } = await launch(waiting);
  const ended = once(child, 'exit');
  expect(await says()).toMatch(/^ready/);
  child.kill('SIGINT');
  expect(await says()).toBe('SIGINT 1');
  expect(await says()).toBe(null);
  expect(await ended).toEqual([3, null]);
});

test('a program that a signal ended ends the launcher by the same signal', async () => {
  const { child } = await launch('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);');
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

test('the program is asked to stop when its launcher is killed', async () => {
  const { child, says } = await launch(waiting);
  expect(await says()).toMatch(/^ready/);
  child.kill('SIGKILL');
  expect(await says()).toBe('SIGTERM 1');
  // The end of its output is the end of the program.
  expect(await says()).toBe(null);
});

test('a package of another version, or one that is missing, means npm ci; a missing optional one does not', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const wanted = { '': {}, 'node_modules/a': a, 'node_modules/b': { ...a, optional: true } };
  expect(agrees(wanted, { 'node_modules/a': a })).toBe(true);
  expect(agrees(wanted, {})).toBe(false);
  expect(agrees(wanted, { 'node_modules/a': { ...a, version: '1.0.1' } })).toBe(false);
  expect(agrees(wanted, { 'node_modules/a': a, 'node_modules/b': { ...a, integrity: 'sha512-b' } })).toBe(
    false,
  );
});
