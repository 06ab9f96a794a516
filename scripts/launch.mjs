// Plain JavaScript for Node 20.19 and later, without dependencies: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The repository. */
export const root = path.dirname(import.meta.dirname);

const dieWithLauncher = path.join(root, 'scripts/die-with-launcher.mjs');

/** Runs `npm ci` when node_modules is missing or is not what package-lock.json says. Ends us if that fails. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log('keyhaven: installing what package-lock.json names (npm ci)');
  const npm = process.env.npm_execpath;
  const [program, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const done = spawnSync(program, [...args, 'ci', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (done.status === 0) return;
  console.error('keyhaven: npm ci failed, so nothing can run');
  process.exit(done.status ?? 1);
}

function isInstalled() {
  try {
    return agrees(packagesOf('package-lock.json'), packagesOf('node_modules/.package-lock.json'));
  } catch {
    return false;
  }
}

/**
 * True when what is present is what was wanted, both as `packages` of a lock file (npm leaves one in
 * node_modules). A package that is optional or for another platform may be missing, but not be another version.
 */
export function agrees(wanted, present) {
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const found = present[name];
    if (found === undefined) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
}

/** The Node 24 that npm installed for this platform, or the one we run on if it is as new. Ends us if neither. */
export function findNode() {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const installed = path.join(root, 'node_modules', `node-${platform}`, 'bin', name);
  if (existsSync(installed) && spawnSync(installed, ['--version']).status === 0) return installed;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(`keyhaven: no Node 24 for ${platform} was found; install Node 24 and run this with it`);
  return process.exit(1);
}

/**
 * Runs a program of ours on Node 24 in our place: it gets our signals once each, its end is our end, and it
 * is told to end when we are killed. Never returns.
 */
export function become(script, args) {
  const child = runNode([script, ...args], { stdio: 'inherit' });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Starts Node 24 with these arguments. `output` is `inherit` or `pipe`. */
export function runNode(args, { stdio, env = {} }) {
  const child = spawn(findNode(), ['--import', fileUrl(dieWithLauncher), ...args], {
    // Its own process group: a Ctrl-C in the terminal then reaches it through us, once and not twice.
    detached: process.platform !== 'win32',
    stdio: ['inherit', stdio, stdio, 'pipe'],
    env: { ...process.env, ...env, KEYHAVEN_LAUNCHER_PIPE: '3' },
  });
  for (const name of forwarded) process.on(name, () => child.kill(name));
  child.on('error', (error) => {
    console.error(`keyhaven: Node 24 cannot be run (${error.code})`);
    process.exit(1);
  });
  return child;
}

function fileUrl(file) {
  return new URL(`file://${file.split(path.sep).map(encodeURIComponent).join('/')}`).href;
}
