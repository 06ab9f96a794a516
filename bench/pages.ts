import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { type Figure, figuresOf } from './figure.ts';
import { freePort } from './free-port.ts';
import { signInOwner } from './owner.ts';
import { startProduct } from './product.ts';

const folder = path.join(import.meta.dirname, 'lighthouse');
const module = path.join(folder, 'node_modules/lighthouse/core/index.js');
/** One run says little on a machine with neighbours; the middle of five says enough. */
const runs = 5;

/** What is read of Lighthouse's report: scores from 0 to 1, times in milliseconds, sizes in bytes. */
type Report = {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
  readonly audits: Readonly<
    Record<string, { readonly numericValue?: number; readonly score: number | null }>
  >;
};
type Lighthouse = (
  url: string,
  flags: Readonly<Record<string, unknown>>,
) => Promise<{ readonly lhr: Report } | undefined>;

/** Lighthouse as a phone on its slow 4G (1.6 Mbit/s, 150 ms, CPU four times slower) sees the portal. */
export async function measurePages(
  dataFolder: string,
  tell: (words: string) => void,
): Promise<readonly Figure[]> {
  const lighthouse = await loadLighthouse(tell);
  const product = await startProduct(dataFolder);
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: process.env['KEYHAVEN_BROWSER'] ?? '/usr/bin/chromium',
    args: [`--remote-debugging-port=${port}`, ...quietBrowser],
  });
  try {
    const owner = await signInOwner(product.url, 'employee@example.com');
    const [mac] = await owner.macs();
    const pages = [
      { name: 'Welcome, signed out', path: '/', cookie: '' },
      { name: 'Help, signed out', path: '/help', cookie: '' },
      { name: 'My Macs', path: '/', cookie: owner.cookies },
      { name: 'A Mac', path: `/devices/${mac?.id ?? ''}`, cookie: owner.cookies },
    ];
    const figures: Figure[] = [];
    for (const { name, path: at, cookie } of pages) {
      tell(`  ${name} …`);
      const reports: Report[] = [];
      for (let run = 0; run < runs; run += 1) {
        const extraHeaders = cookie === '' ? {} : { Cookie: cookie };
        const result = await lighthouse(new URL(at, product.url).href, { ...flags, port, extraHeaders });
        if (result === undefined) throw new Error('Lighthouse gave no report');
        reports.push(result.lhr);
      }
      figures.push(...figuresOfPage(name, reports));
    }
    return figures;
  } finally {
    await browser.close();
    await product.stop();
  }
}

const quietBrowser = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const flags = {
  output: 'json',
  logLevel: 'error',
  onlyCategories: ['performance', 'accessibility', 'best-practices'],
};

function figuresOfPage(name: string, reports: readonly Report[]): readonly Figure[] {
  const figure = figuresOf(`Lighthouse, mobile: ${name} (middle of ${runs})`);
  const score = (category: string): number =>
    100 * middle(reports.map((report) => report.categories[category]?.score ?? 0));
  const audit = (id: string): number => middle(reports.map((report) => report.audits[id]?.numericValue ?? 0));
  return [
    figure('performance (wanted: 95)', score('performance'), ''),
    figure('accessibility (wanted: 100)', score('accessibility'), ''),
    figure('best practices (wanted: 100)', score('best-practices'), ''),
    figure('first contentful paint', audit('first-contentful-paint') / 1000, 's'),
    figure('largest contentful paint (wanted: 1.5)', audit('largest-contentful-paint') / 1000, 's'),
    figure('total blocking time', audit('total-blocking-time'), 'ms'),
    figure('cumulative layout shift', audit('cumulative-layout-shift'), ''),
    figure('everything loaded', audit('total-byte-weight') / 1024 / 1024, 'MB'),
  ];
}

const middle = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Lighthouse stands apart, with a lock file of its own, and is installed when somebody measures with it. */
async function loadLighthouse(tell: (words: string) => void): Promise<Lighthouse> {
  if (!existsSync(module)) {
    tell('  installing Lighthouse …');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const { status } = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error('Lighthouse could not be installed');
  }
  // Safe because the lock file pins the version whose interface this is.
  const { default: lighthouse } = (await import(pathToFileURL(module).href)) as { default: Lighthouse };
  return lighthouse;
}
