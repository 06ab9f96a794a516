// Adds to package-lock.json the optional packages of other platforms where the registry in use does not list them:
// without their entries `npm ci` refuses the lock file. Run it in the root after a dependency has changed.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const platforms = {
  darwin: 'darwin',
  android: 'android',
  linux: 'linux',
  win32: 'win32',
  win: 'win32',
  windows: 'win32',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
};
const cpus = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  arm: 'arm',
};
let added = 0;
for (const [owner, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const at = `node_modules/${name}`;
    if (lock.packages[at] !== undefined || Object.keys(lock.packages).some((k) => k.endsWith(`/${at}`)))
      continue;
    const words = name.split(/[/-]/);
    const os = words.map((w) => platforms[w]).find(Boolean),
      cpu = words.map((w) => cpus[w]).find(Boolean);
    if (!os || !cpu) {
      console.log('not a platform package', owner, name, version);
      continue;
    }
    const libc =
      words.includes('musl') || words.includes('musleabihf')
        ? ['musl']
        : os === 'linux' && words.some((w) => w.startsWith('gnu'))
          ? ['glibc']
          : undefined;
    lock.packages[at] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc } : {}),
      optional: true,
      os: [os],
    };
    added += 1;
  }
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log('added', added);
