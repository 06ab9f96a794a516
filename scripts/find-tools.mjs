import { spawnSync } from 'node:child_process';
import { installDebian } from './install-debian.mjs';

// The program, how to see that it is there, and its package on Debian. They are what tests hold our own code against.
const tools = [
  { name: 'openssl', args: ['version'], debian: 'openssl' },
  { name: 'python3', args: ['--version'], debian: 'python3' },
  { name: 'nginx', args: ['-v'], debian: 'nginx' },
];

/** Sees to the programs that tests compare with: installs them where we may, else says in one line what is missing. */
export function ensureTools() {
  const isThere = ({ name, args }) => spawnSync(name, args).status === 0;
  const packages = tools.filter((tool) => !isThere(tool)).map(({ debian }) => debian);
  if (packages.length === 0 || installDebian(packages, 'for the tests')) return true;
  console.error(`keyhaven: the tests compare with ${packages.join(' and ')}: install what is missing`);
  return false;
}
