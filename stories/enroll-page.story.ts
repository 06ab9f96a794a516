import { readFile } from 'node:fs/promises';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, widths } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'employee@example.com';
const hour = 3_600_000;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

/** Presses the button and takes what the browser was given, as a Mac's browser would put it under Downloads. */
async function downloadProfile(page: Page, name = 'Download profile'): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
  expect(download.suggestedFilename()).toBe('enroll.mobileconfig');
  return readFile(await download.path());
}

async function enrollPage(width: number, email = owner): Promise<Page> {
  const page = await world.page({ width, onMac: true });
  await world.signInOn(page, email, '/enroll');
  await button(page, 'Download profile').waitFor();
  return page;
}

const newMac = (name: string): Promise<SimulatedMac> => world.fleet.addMac({ identity: { name } });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

describe.each(widths)('at %i pixels', (width) => {
  test('a Mac is led from the profile to its own page, without a reload', async () => {
    const page = await enrollPage(width);
    await page.getByText('See where your Mac is').waitFor();
    await page.evaluate('window.stillHere = true');
    const profile = await downloadProfile(page);
    await page.getByText('Profile downloaded').waitFor();
    await page.getByText('Select General, then Device Management.').waitFor();
    await page.getByLabel('macOS 13 or 14').check();
    await page.getByText('Select Privacy & Security, then Profiles.').waitFor();

    const mac = await newMac(`Fresh ${width}`);
    await mac.enroll(profile);
    await heading(page, 'Your Mac has arrived').waitFor();
    await page.getByText('One thing is left: store its recovery key').waitFor();
    await page.getByRole('link', { name: `Go to Fresh ${width}` }).click();
    await page.getByRole('heading', { level: 1, name: `Fresh ${width}` }).waitFor();
    await button(page, 'Store recovery key').waitFor();
    expect(await page.evaluate('window.stillHere')).toBe(true);
  });

  test('coming back to the address finds the enrollment where it is, and the address holds no secret', async () => {
    const page = await enrollPage(width);
    const profile = await downloadProfile(page);
    await page.getByText('Profile downloaded').waitFor();
    expect(new URL(page.url()).search).toMatch(/^\?enrollment=[0-9a-f-]{36}$/);
    await page.reload();
    await page.getByText('Profile downloaded').waitFor();
    const address = page.url();
    await page.goto('/');
    await (await newMac(`Back ${width}`)).enroll(profile);
    await page.goto(address);
    await heading(page, 'Your Mac has arrived').waitFor();
  });
});

test('a phone is told to open the address on the Mac, and may still go on', async () => {
  const page = await world.page({ width: 390 });
  await world.signInOn(page, owner, '/enroll');
  await page.getByText('This does not seem to be a Mac').waitFor();
  expect(await page.getByLabel('Address of this page').inputValue()).toBe(new URL('/enroll', world.url).href);
  await button(page, 'Copy address').click();
  await button(page, 'Copied').waitFor();
  await button(page, 'Download it here anyway').click();
  await downloadProfile(page);
});

test('a profile that nobody used in time says so, and another one works', async () => {
  const page = await enrollPage(1280);
  await downloadProfile(page);
  await page.getByText('Profile downloaded').waitFor();
  const address = page.url();
  await world.closePages();
  await world.pass(hour + 1000);
  const later = await world.page({ onMac: true });
  await world.signInOn(later, owner, new URL(address).pathname + new URL(address).search);
  await heading(later, 'This profile can no longer be used').waitFor();
  await button(later, 'Start again').click();
  const profile = await downloadProfile(later);
  await (await newMac('Second try')).enroll(profile);
  await heading(later, 'Your Mac has arrived').waitFor();
});

test('a Mac that is somebody else’s is told of in plain words, and nobody is named', async () => {
  const { mac } = await world.enrolledMac('colleague@example.com', { name: 'Casey’s own' });
  const page = await enrollPage(1280);
  const profile = await downloadProfile(page);
  const claimed = await world.fleet.addMac({
    identity: {
      name: 'Claimed',
      udid: '5A0E1F52-0000-4000-8000-000000000001',
      serialNumber: mac.identity.serialNumber,
    },
  });
  await claimed.enroll(profile);
  await heading(page, 'This Mac is known under somebody else’s name').waitFor();
  await heading(page, 'Contact IT').waitFor();
  expect(await page.content()).not.toContain('Casey');
});

test('the enrollment of somebody else is not found', async () => {
  const page = await enrollPage(1280);
  await downloadProfile(page);
  await page.getByText('Profile downloaded').waitFor();
  const other = await world.page({ onMac: true });
  const { pathname, search } = new URL(page.url());
  await world.signInOn(other, 'colleague@example.com', pathname + search);
  await heading(other, 'We could not find this enrollment').waitFor();
});
