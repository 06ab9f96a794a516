/**
 * Photographs every page in every state and runs axe over it, against `fake-api.ts`. For looking only.
 * `node apps/web/dev/look.ts <address> <folder> [name filter] [look, such as 390-dark]`
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const [address = 'http://127.0.0.1:8099', folder = '/tmp/keyhaven-look', filter = ''] = process.argv.slice(2);
type Shot = {
  readonly name: string;
  readonly path: string;
  readonly as?: string;
  /** The browser says that it is one of a Mac. */
  readonly mac?: boolean;
  readonly act?: (page: Page) => Promise<void>;
};

const device = (id: string): Shot => ({ name: `device-${id}`, path: `/devices/${id}` });
const box = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click();

const shots: readonly Shot[] = [
  { name: 'welcome', path: '/', as: 'nobody' },
  { name: 'macs', path: '/' },
  { name: 'macs-empty', path: '/', as: 'newcomer' },
  ...[
    'none',
    'current',
    'saved',
    'waiting',
    'rotating',
    'uncertain',
    'unproven',
    'not-encrypted',
    'no-management',
    'management-refused',
    'odd',
    'very-odd',
  ].map(device),
  ...['waiting-enrollment', 'quarantined', 'ended', 'missing'].map(device),
  ...[
    'wrong-key',
    'device-unreachable',
    'policy-missing',
    'not-encrypted',
    'device-error',
    're-enrolled',
    'superseded',
    'cancelled',
  ].map((reason) => device(`failed-${reason}`)),
  { name: 'store', path: '/devices/none/store' },
  {
    name: 'store-mismatch',
    path: '/devices/none/store',
    act: async (page) => {
      await box(page, 'Recovery key').pressSequentially('abcd2345efgh6789tuvwxyzs');
      await box(page, 'Confirm recovery key').pressSequentially('abcd 2345');
      await press(page, 'Save');
    },
  },
  {
    name: 'store-malformed',
    path: '/devices/none/store',
    act: async (page) => {
      await box(page, 'Recovery key').fill('abcd-é');
      await press(page, 'Save');
    },
  },
  {
    name: 'store-refused',
    path: '/devices/current/store',
    act: async (page) => {
      for (const name of ['Recovery key', 'Confirm recovery key'])
        await box(page, name).fill('abcd2345efgh6789tuvwxyz2');
      await press(page, 'Save');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'reveal',
    path: '/devices/current',
    act: async (page) => {
      await press(page, 'Get recovery key');
      await page.getByRole('status', { name: 'Recovery key' }).waitFor();
      await page.getByText('Did this key not work?').click();
      await page.getByText('Your Mac may still use').waitFor();
    },
  },
  {
    name: 'who-looked',
    path: '/devices/current',
    act: (page) => page.getByText('Who looked at my key').click(),
  },
  { name: 'remove-dialog', path: '/devices/current', act: (page) => press(page, 'Remove this Mac') },
  { name: 'rename-dialog', path: '/devices/current', act: (page) => press(page, 'Rename') },
  { name: 'check-status', path: '/devices/current', act: (page) => press(page, 'Check status') },
  { name: 'help', path: '/help', as: 'nobody' },
  ...[
    'locked-out',
    'rotate-at-the-mac',
    'who-can-see',
    'enroll',
    'what-it-sees',
    'certificate-ended',
    'quarantine',
  ].map((topic) => ({
    name: `help-${topic}`,
    path: `/help/${topic}`,
    as: 'nobody',
  })),
  { name: 'enroll', path: '/enroll', mac: true },
  { name: 'enroll-other', path: '/enroll' },
  {
    name: 'enroll-rights',
    path: '/enroll',
    mac: true,
    act: (page) => page.getByText('The exact rights that your Mac will name').click(),
  },
  {
    name: 'enroll-early',
    path: '/enroll',
    mac: true,
    as: 'early',
    act: (page) => press(page, 'Download profile'),
  },
  ...[
    'offered',
    'downloaded',
    'identified',
    'arrived',
    'live',
    'expired',
    'user-enrollment',
    'refused-by-it',
    'quarantined',
    'ended',
    'missing',
  ].map((id) => ({ name: `enroll-${id}`, path: `/enroll?enrollment=${id}`, mac: true })),
  { name: 'console-devices', path: '/console/devices', as: 'it' },
  { name: 'console-device', path: '/console/devices/current', as: 'it' },
  { name: 'console-personal', path: '/console/devices/failed-device-error', as: 'it' },
  { name: 'console-no-access', path: '/console/devices' },
  { name: 'console-odd', path: '/console/devices/very-odd', as: 'admin' },
  { name: 'console-refused-profile', path: '/console/devices/management-refused', as: 'it' },
  { name: 'console-quarantine', path: '/console/devices/quarantined', as: 'admin' },
  {
    name: 'console-quarantine-accept',
    path: '/console/devices/quarantined',
    as: 'admin',
    act: (page) => press(page, 'Accept'),
  },
  {
    name: 'console-revoke',
    path: '/console/devices/current',
    as: 'admin',
    act: (page) => press(page, 'Revoke certificate'),
  },
  ...['admin', 'adminSoon', 'adminExpired', 'adminRefused', 'adminMissing', 'it'].map((as) => ({
    name: `settings-${as}`,
    path: '/console/settings',
    as,
  })),
  {
    name: 'settings-open',
    path: '/console/settings',
    as: 'admin',
    act: (page) => page.getByText('In four steps').click(),
  },
  {
    name: 'settings-request',
    path: '/console/settings',
    as: 'adminMissing',
    act: async (page) => {
      await page.getByLabel('Your e-mail address at').fill('it@example.com');
      await page.getByLabel('Your API key for').fill('k');
      await press(page, 'Make request');
      await page.getByLabel('What the attachment').fill('abc');
      await press(page, 'Open it and save the file for Apple');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'settings-upload-refused',
    path: '/console/settings',
    as: 'admin',
    act: async (page) => {
      const buffer = Buffer.from('-----BEGIN CERTIFICATE-----');
      await page.getByText('In four steps').click();
      await page.locator('input[type=file]').setInputFiles({ name: 'a.pem', mimeType: 'text/plain', buffer });
      await press(page, 'Use this certificate');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'settings-serial-numbers',
    path: '/console/settings',
    as: 'admin',
    act: async (page) => {
      await page.getByLabel('Serial numbers').fill('C02XK1ZZJHD3 FVFXC2ABCD12 C02XK1ZZJHD9');
      await press(page, 'Add to the list');
      await page.getByText('2 of 3 added').waitFor();
      await page.getByLabel('Serial numbers').fill('no');
      await press(page, 'Add to the list');
    },
  },
];

async function take(context: BrowserContext, shot: Shot, look: string): Promise<void> {
  await context.clearCookies();
  await context.addCookies([{ name: 'as', value: shot.as ?? 'owner', url: address }]);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      process.stdout.write(`${shot.name} ${look}: ${message.text()}\n`);
  });
  page.on('pageerror', (error) => process.stdout.write(`${shot.name} ${look}: ${error.message}\n`));
  if (shot.mac === true)
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (Macintosh)' }),
    );
  await page.goto(address + shot.path);
  await page.locator('h1').waitFor();
  await page.waitForTimeout(250);
  try {
    await shot.act?.(page);
  } catch (error) {
    process.stdout.write(`${shot.name} ${look}: ${String(error).slice(0, 600)}\n`);
  }
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, `${shot.name}-${look}.png`), fullPage: true });
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) process.stdout.write(`${shot.name} ${look}: ${wide} px too wide\n`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const found of violations)
    process.stdout.write(
      `${shot.name} ${look}: axe ${found.id}: ${found.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}\n`,
    );
  await page.close();
}

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
const [onlyLook = ''] = process.argv.slice(5);
for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [390, 1280]) {
    if (!`${width}-${colorScheme}`.includes(onlyLook)) continue;
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: width === 390 ? 844 : 800 },
      locale: 'en-GB',
    });
    for (const shot of shots.filter(({ name }) => name.includes(filter)))
      await take(context, shot, `${width}-${colorScheme}`);
    await context.close();
  }
await browser.close();
process.stdout.write('done\n');
