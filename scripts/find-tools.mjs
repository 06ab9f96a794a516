import { spawnSync } from 'node:child_process';
import { installDebian } from './install-debian.mjs';

// The program, how to see that it is there, what it must say and not say, and its packages on Debian. They are what
// tests hold our own code against.
const tools = [
  { name: 'openssl', args: ['version'], debian: ['openssl'] },
  { name: 'python3', args: ['--version'], debian: ['python3'] },
  { name: 'nginx', args: ['-v'], debian: ['nginx'] },
  { name: 'plistutil', args: ['--version'], debian: ['libplist-utils'] },
  { name: 'scepclient', args: ['-version'], debian: ['scep'] },
  {
    name: 'pki',
    args: ['--scep', '--help'],
    // Without these two plugins it has no RSA, or nothing to fetch with.
    says: /strongSwan/,
    mustNotSay: /plugin '(?:openssl|curl)': failed/,
    debian: ['strongswan-pki', 'libstrongswan-standard-plugins', 'libstrongswan-extra-plugins'],
  },
];

/** Sees to the programs that tests compare with: installs them where we may, else says in one line what is missing. */
export function ensureTools() {
  const packages = tools.filter((tool) => !isThere(tool)).flatMap(({ debian }) => debian);
  if (packages.length === 0 || installDebian(packages, 'for the tests')) return true;
  console.error(`keyhaven: the tests compare with ${packages.join(' and ')}: install what is missing`);
  return false;
}

function isThere({ name, args, says = /(?:)/, mustNotSay = /(?!)/ }) {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  const said = `${stdout}${stderr}`;
  return status === 0 && says.test(said) && !mustNotSay.test(said);
}
