import type { SimulatedMac } from '@keyhaven/mac/mac';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, getKey, openMac, widths } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const before = 'colleague@example.com';
const claimant = 'employee@example.com';
const administrator = 'admin@example.com';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

type Claim = { readonly held: SimulatedMac; readonly claiming: SimulatedMac };

/** A Mac of the one before, with a stored key, and another one that says it is that Mac. */
async function claim(name: string): Promise<Claim> {
  const { mac: held } = await world.enrolledMac(before, { name: `${name} before`, stored: true });
  const claiming = await world.fleet.addMac({
    identity: { ...held.identity, name: `${name} again` },
  });
  await claiming.enroll(await (await world.person(claimant)).enrollmentProfile());
  return { held, claiming };
}

async function quarantined(width: number, name: string): Promise<Page> {
  const page = await world.page({ width });
  await world.signInOn(page, administrator, '/console/devices');
  await page.getByLabel('Search', { exact: false }).fill(`${name} again`);
  await page.getByRole('link', { name: `${name} again`, exact: true }).click();
  await page.getByRole('heading', { name: 'In quarantine', exact: true }).waitFor();
  return page;
}

const dialog = (page: Page) => page.getByRole('dialog');

describe.each(widths)('at %i pixels', (width) => {
  test('IT sees who claims which Mac, accepts it, and nobody gets an earlier key', async () => {
    const name = `Handed on ${width}`;
    const { held } = await claim(name);
    const earlier = held.paper.currentRecoveryKey ?? '';
    const page = await quarantined(width, name);
    await page.getByRole('heading', { name: 'It says that it is' }).waitFor();
    await page.getByRole('link', { name: `${name} before`, exact: true }).waitFor();
    await button(page, 'Accept').click();
    await dialog(page).getByText('does not get any earlier key, and neither do you.').waitFor();
    await dialog(page).getByRole('button', { name: 'Accept', exact: true }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'In quarantine' }).waitFor({ state: 'detached' });

    const theirs = await world.page({ width });
    await world.signInOn(theirs, claimant);
    await openMac(theirs, `${name} again`);
    expect(await button(theirs, 'Get recovery key').count()).toBe(0);

    const formerly = await world.page({ width });
    await world.signInOn(formerly, before);
    await formerly.getByText(`decided that ${name} before belongs to somebody else now.`).waitFor();
    await openMac(formerly, `${name} before`);
    expect(await getKey(formerly)).toBe(earlier);
  });

  test('a refused Mac is turned away, and the one that it claimed to be goes on as before', async () => {
    const name = `Claimed ${width}`;
    const { held } = await claim(name);
    const page = await quarantined(width, name);
    await button(page, 'Refuse').click();
    await dialog(page).getByRole('button', { name: 'Cancel', exact: true }).click();
    await button(page, 'Accept').waitFor();
    await button(page, 'Refuse').click();
    await dialog(page).getByRole('button', { name: 'Refuse', exact: true }).click();
    await page.getByRole('heading', { name: 'In quarantine' }).waitFor({ state: 'detached' });
    await page.getByText('Ended', { exact: true }).first().waitFor();

    const formerly = await world.page({ width });
    await world.signInOn(formerly, before);
    await openMac(formerly, `${name} before`);
    expect(await getKey(formerly)).toBe(held.paper.currentRecoveryKey);
  });
});

test('a help desk that may not change devices sees the quarantine and has no button for it', async () => {
  const { held } = await claim('Looked at');
  const page = await world.page();
  await world.signInOn(page, 'helpdesk@example.com', '/console/devices');
  await page.getByLabel('Search', { exact: false }).fill(held.identity.serialNumber);
  await page.getByRole('link', { name: 'Looked at again', exact: true }).click();
  await page.getByText('People who may change devices decide what becomes of it.').waitFor();
  expect(await button(page, 'Accept').count()).toBe(0);
});

test('a revoked certificate ends the enrollment, and the owner keeps the key', async () => {
  const { mac } = await world.enrolledMac(before, { name: 'Lost and found', stored: true });
  const page = await world.page();
  await world.signInOn(page, administrator, '/console/devices');
  await page.getByLabel('Search', { exact: false }).fill('Lost and found');
  await page.getByRole('link', { name: 'Lost and found', exact: true }).click();
  await button(page, 'Revoke certificate').click();
  await dialog(page).getByText('has to be enrolled again').waitFor();
  await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.getByText('Ended, key held').waitFor();

  const owners = await world.page();
  await world.signInOn(owners, before);
  await openMac(owners, 'Lost and found');
  await owners.getByText('This Mac is no longer managed').waitFor();
  expect(await getKey(owners)).toBe(mac.paper.currentRecoveryKey);
});
