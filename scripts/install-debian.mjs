import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** Installs Debian packages where we may (root, on Debian). Returns whether that went well. */
export function installDebian(packages, why) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  console.log(`keyhaven: installing ${packages.join(' ')} ${why} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  return (
    apt('update').status === 0 && apt('install', '-y', '--no-install-recommends', ...packages).status === 0
  );
}
