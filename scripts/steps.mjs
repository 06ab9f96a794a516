import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root, runNode } from './launch.mjs';

/** The static checks: what each is called, and what Node 24 runs for it. Each is quiet when it passes. */
export function staticSteps() {
  return [
    step('format', 'node_modules/@biomejs/biome/bin/biome', ['ci', '--colors=off', '.']),
    step('lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware']),
    step('types', 'node_modules/typescript/bin/tsc', ['-p', '.']),
    step('types of the web', 'node_modules/typescript/bin/tsc', ['-p', 'apps/web'], 'apps/web/src'),
    step('imports', 'scripts/check-imports.mjs', []),
    step('house rules', 'scripts/check-house.mjs', []),
  ].filter(({ needs }) => existsSync(path.join(root, needs)));
}

/** The web, built for the server to serve: stories look at it. */
export function buildSteps() {
  return [step('build of the web', 'node_modules/vite/bin/vite.js', ['build', 'apps/web'], webConfig)].filter(
    ({ needs }) => existsSync(path.join(root, needs)),
  );
}

const webConfig = 'apps/web/vite.config.ts';

function step(name, script, args, needs = script) {
  return { name, script: path.join(root, script), args, needs };
}

/** Runs the steps one after the other, all of them, a line each. Returns how many failed. */
export async function runSteps(steps) {
  let failed = 0;
  for (const { name, script, args } of steps) {
    const began = Date.now();
    const { code, output } = await run([script, ...args]);
    const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
    if (code === 0) {
      console.log(`ok    ${name} (${seconds})`);
    } else {
      failed += 1;
      console.log(`${output.trimEnd()}\nFAIL  ${name} (${seconds})`);
    }
  }
  return failed;
}

async function run(args) {
  const child = runNode(args, { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [code, signal] = await new Promise((resolve) => child.on('close', (...end) => resolve(end)));
  if (signal !== null) process.exit(1);
  return { code, output };
}

/** Runs vitest with its own output on ours. Resolves to its exit code. */
export async function runVitest(args, env = {}) {
  const script = path.join(root, 'node_modules/vitest/vitest.mjs');
  const child = runNode([script, 'run', ...args], { stdio: 'inherit', env });
  return await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
