import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '@keyhaven/api-contract/device';
import { Fleet } from '@keyhaven/mac/fleet';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { readConfig } from 'keyhaven/config';
import { type Person, signIn } from 'keyhaven/evaluation/person';
import { type Server, startServer } from 'keyhaven/main';
import { createTestDatabase } from 'keyhaven/platform/db/test-database';
import { openLog } from 'keyhaven/platform/log/log';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { freePort } from './free-port.ts';
import { moveClock } from './moved-clock.ts';

/** The real server on the real database, simulated Macs over HTTP, and a real browser. Time can be moved on. */
export type World = {
  readonly url: URL;
  readonly server: Server;
  readonly fleet: Fleet;
  readonly connectionString: string;
  readonly dataFolder: string;
  /** Everything the server has logged. */
  readonly logged: () => string;
  /** Lets that much time pass for everything but pages already open, and runs what was due. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly person: (email: string) => Promise<Person>;
  /** A Mac of this person, enrolled, with its FileVault profile taken or refused. */
  readonly enrolledMac: (owner: string, options?: MacWanted) => Promise<WorldMac>;
  /** A page of a browser of its own. */
  readonly page: (options?: PageWanted) => Promise<Page>;
  /** Signs in on that page and comes to `to`. */
  readonly signInOn: (page: Page, email: string, to?: string) => Promise<void>;
  /** Closes every page: one person may hold only so many streams of events. For `afterEach`. */
  readonly closePages: () => Promise<void>;
  /** Closes everything. Throws when a page has complained: a script error, a console error, a breach of the CSP. */
  readonly close: () => Promise<void>;
};
export type PageWanted = {
  /** 1280 unless said. */
  readonly width?: number;
  readonly dark?: boolean;
  /** The browser says that it runs on a Mac. */
  readonly onMac?: boolean;
  /** Where the browser keeps its profile; absent: nowhere. */
  readonly profile?: string;
};
export type MacWanted = {
  readonly name?: string;
  readonly corporate?: boolean;
  readonly fileVaultEnabled?: boolean;
  /** Store the key at once. */
  readonly stored?: boolean;
  /** What happens to the Mac before it enrolls. */
  readonly prepare?: (mac: SimulatedMac) => void;
};
export type WorldMac = { readonly mac: SimulatedMac; readonly device: Device };

/** Starts a world. Close it in `afterAll`. */
export async function startWorld(): Promise<World> {
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-story-'));
  const testDatabase = await createTestDatabase();
  const port = await freePort();
  const clock = moveClock();
  const fleet = await Fleet.start({ retryMilliseconds: 300 });
  const config = readConfig({
    KEYHAVEN_PORT: String(port),
    KEYHAVEN_DATA: dataFolder,
    KEYHAVEN_DATABASE_URL: testDatabase.connectionString,
    KEYHAVEN_APNS_URL: fleet.apns.url,
  });
  let log = '';
  const server = await startServer({
    config,
    connectionString: testDatabase.connectionString,
    log: openLog({ destination: { write: (line: string) => void (log += line) } }),
  });
  const people = new Map<string, Promise<Person>>();
  const person = (email: string): Promise<Person> => {
    const known = people.get(email) ?? signIn(server.url, email, 'keyhaven');
    people.set(email, known);
    return known;
  };
  const browsers = browserKeeper(clock.ahead);
  return {
    url: server.url,
    server,
    fleet,
    connectionString: testDatabase.connectionString,
    dataFolder,
    logged: () => log,
    pass: async (milliseconds) => {
      clock.moveOn(milliseconds);
      // Whoever was signed in may not be any more.
      people.clear();
      await server.runTimers();
    },
    person,
    enrolledMac: (owner, options = {}) => enrolledMac(fleet, person, owner, options),
    page: (options = {}) => browsers.page(server.url, options),
    signInOn: (page, email, to = '/') => signInOn(page, server.url, email, to),
    closePages: browsers.closePages,
    close: async () => {
      await browsers.close();
      clock.restore();
      await server.stop();
      await fleet.close();
      await testDatabase.close();
      await rm(dataFolder, { recursive: true, force: true });
      if (browsers.complaints.length > 0)
        throw new Error(`pages complained:\n${browsers.complaints.join('\n')}`);
    },
  };
}

async function enrolledMac(
  fleet: Fleet,
  person: World['person'],
  owner: string,
  { name = 'Test Mac', corporate = false, fileVaultEnabled = true, stored = false, prepare }: MacWanted,
): Promise<WorldMac> {
  const mac = await fleet.addMac({ identity: { name }, fileVaultEnabled });
  prepare?.(mac);
  const someone = await person(owner);
  await mac.enroll(await someone.enrollmentProfile());
  const settled = (device: Device): boolean =>
    ['acknowledged', 'refused'].includes(device.fileVaultProfile) && device.encryption.enabled !== null;
  let device = await until(() => findMac(someone, mac), settled);
  if (corporate) await (await person('admin@example.com')).makeCorporate(device.id);
  const key = mac.paper.currentRecoveryKey;
  if (stored && key !== null) {
    const attempt = await someone.store(device.id, key);
    if (attempt.state !== 'saved') throw new Error(`the key was not saved: ${attempt.reason}`);
  }
  await mac.settled();
  device = await someone.device(device.id);
  return { mac, device };
}

const findMac = async (someone: Person, mac: SimulatedMac): Promise<Device | null> =>
  (await someone.myMacs()).find(({ serialNumber }) => serialNumber === mac.identity.serialNumber) ?? null;

/** Looks again and again, for at most 30 s, until what is found holds. */
export async function until<Found>(
  look: () => Promise<Found | null>,
  holds: (found: Found) => boolean = () => true,
): Promise<Found> {
  for (const end = performance.now() + 30_000; performance.now() < end; await pause(50)) {
    const found = await look();
    if (found !== null && holds(found)) return found;
  }
  throw new Error('it did not come about within 30 s');
}

async function signInOn(page: Page, url: URL, email: string, to: string): Promise<void> {
  await page.goto(new URL(`/sign-in?return=${encodeURIComponent(to)}`, url).href);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('keyhaven');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(new URL(to, url).href);
}

function browserKeeper(ahead: () => number) {
  let browser: Promise<Browser> | null = null;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const closePages = async (): Promise<void> => {
    for (const context of contexts.splice(0)) await context.close();
  };
  return {
    complaints,
    page: async (
      url: URL,
      { width = 1280, dark = false, onMac = false, profile }: PageWanted,
    ): Promise<Page> => {
      const wanted = contextOptions(url, width, dark, onMac);
      const context =
        profile === undefined
          ? await (await (browser ??= chromium.launch(launchOptions()))).newContext(wanted)
          : await chromium.launchPersistentContext(profile, { ...launchOptions(), ...wanted });
      contexts.push(context);
      hearComplaints(context, complaints);
      context.setDefaultTimeout(15_000);
      if (ahead() > 0) await context.clock.install({ time: Date.now() });
      return await context.newPage();
    },
    closePages,
    close: async (): Promise<void> => {
      await closePages();
      await (await browser)?.close();
    },
  };
}

const launchOptions = () => ({
  executablePath: process.env['KEYHAVEN_BROWSER'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});

const macBrowser =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';

const contextOptions = (url: URL, width: number, dark: boolean, onMac: boolean) => ({
  baseURL: url.origin,
  ...(onMac ? { userAgent: macBrowser } : {}),
  viewport: { width, height: width < 600 ? 844 : 900 },
  colorScheme: dark ? ('dark' as const) : ('light' as const),
  locale: 'en-US',
  permissions: ['clipboard-read', 'clipboard-write'],
});

/** What the browser itself says of a refused call is no fault of a page: a refusal is an answer like any other. */
const refusedCall = /^Failed to load resource: the server responded with a status of 4\d\d/;

function hearComplaints(context: BrowserContext, complaints: string[]): void {
  context.on('weberror', (event) => complaints.push(event.error().message));
  context.on('console', (message) => {
    const isFault = message.type() === 'error' || /Content Security Policy/.test(message.text());
    if (isFault && !refusedCall.test(message.text())) complaints.push(message.text());
  });
}
