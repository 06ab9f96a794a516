import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { precompress } from '../platform/http/precompress.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const web = path.join(root, 'apps/web');
const stamp = path.join(web, 'dist/.built-from');

/** Builds the pages when they are missing or older than their sources. Throws with the builder's words. */
export async function ensureWebBuilt(): Promise<void> {
  const sources = await hashOfSources();
  if ((await readFile(stamp, 'utf8').catch(() => '')) === sources) return;
  await build();
  await precompress(path.join(web, 'dist'));
  await writeFile(stamp, sources);
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const folders = [path.join(web, 'src'), path.join(root, 'packages/api-contract/src')];
  const files = [path.join(root, 'package-lock.json'), path.join(web, 'vite.config.ts')];
  for (const page of ['index.html', 'console.html']) files.push(path.join(web, page));
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push(path.join(entry.parentPath, entry.name));
    }
  }
  for (const file of files.toSorted()) hash.update(file.slice(root.length)).update(await readFile(file));
  return hash.digest('hex');
}

function build(): Promise<void> {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', web, '--logLevel', 'error'], { cwd: root });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (words += String(text)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`the pages could not be built:\n${words}`)),
    );
  });
}
