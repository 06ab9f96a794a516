import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { installDebian } from './install-debian.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macPaths = ['Chromium', 'Google Chrome'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const caches = [
  process.env.PLAYWRIGHT_BROWSERS_PATH,
  path.join(os.homedir(), '.cache/ms-playwright'),
  path.join(os.homedir(), 'Library/Caches/ms-playwright'),
];
const inCache = [
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * A Chromium for the stories: KEYHAVEN_BROWSER, an installed one, playwright's, else Debian's, installed now
 * when we are root there. Null, and one line that says so, when there is none.
 */
export function findBrowser() {
  const found =
    installedBrowser() ?? (installDebian(['chromium'], 'for the stories') ? installedBrowser() : undefined);
  if (found !== undefined) return found;
  console.error(
    'keyhaven: no browser for the stories: install Chromium, or set KEYHAVEN_BROWSER to its path',
  );
  return null;
}

function installedBrowser() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [process.env.KEYHAVEN_BROWSER, ...onPath, ...macPaths, ...cached()].find(isProgram);
}

function cached() {
  return caches.filter(Boolean).flatMap((folder) => {
    if (!existsSync(folder)) return [];
    const versions = readdirSync(folder).filter((name) => name.startsWith('chromium-'));
    return versions.flatMap((version) => inCache.map((file) => path.join(folder, version, file)));
  });
}

function isProgram(file) {
  if (!file) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
