import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, getKey, openMac, shownKey, widths } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'colleague@example.com';
const minute = 60_000;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

describe.each(widths)('at %i pixels', (width) => {
  test('six minutes after the sign-in, Get asks for another one and then shows the key', async () => {
    const name = `Later ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, stored: true });
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    await world.pass(6 * minute);
    await button(page, 'Get recovery key').click();
    await page.getByLabel('Email').fill(owner);
    await page.getByLabel('Password').fill('keyhaven');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(await shownKey(page).textContent()).toBe(mac.paper.currentRecoveryKey);
    expect(new URL(page.url()).search).toBe('');
  });

  test('the address that a fresh sign-in returns to shows nothing by itself', async () => {
    const { mac, device } = await world.enrolledMac(owner, { name: `Link ${width}`, stored: true });
    const page = await world.page({ width });
    await world.signInOn(page, owner, `/devices/${device.id}?get=1`);
    await button(page, 'Get recovery key').waitFor();
    expect(await page.content()).not.toContain(mac.paper.currentRecoveryKey);
  });

  test('after signing out nothing can be seen, not even with Back', async () => {
    const name = `Leaves ${width}`;
    const { device } = await world.enrolledMac(owner, { name, stored: true });
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    await getKey(page);
    // On a phone it stands on the page behind the initials.
    if (width < 480) await page.getByRole('link', { name: /^Your account/ }).click();
    await button(page, 'Sign out').click();
    await page
      .getByRole('heading', { level: 1, name: /^Your Mac’s recovery key, safe and within reach/ })
      .waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Sign in', exact: true }).first().waitFor();
    expect(await page.content()).not.toContain(name);
    expect((await page.request.get(`/api/v1/devices/${device.id}`)).status()).toBe(401);
  });

  test('the Mac of somebody else is not found', async () => {
    const name = `Hidden ${width}`;
    const { device } = await world.enrolledMac(owner, { name, stored: true });
    const page = await world.page({ width });
    await world.signInOn(page, 'employee@example.com', `/devices/${device.id}`);
    await page.getByRole('heading', { name: 'We could not find this page' }).waitFor();
    expect(await page.content()).not.toContain(name);
    for (const path of ['', '/recovery-key/versions', '/access-log']) {
      expect((await page.request.get(`/api/v1/devices/${device.id}${path}`)).status()).toBe(404);
    }
  });

  test('Check status makes the Mac report: its last contact, its disk and its access are those of now', async () => {
    const name = `Reports ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, stored: true });
    // What is asked of it by itself, it does not hear.
    mac.setBehaviour(asleep);
    await world.pass(10 * minute);
    mac.setBehaviour(answers);
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    await page.getByText('Can access company resources').waitFor();
    const lastContact = page.locator('dt:has-text("Last in touch") + dd');
    await expect.poll(() => lastContact.textContent()).toBe('10 minutes ago');
    await mac.turnFileVaultOff();
    await button(page, 'Check status').click();
    await page.getByText('Your Mac has just reported.').first().waitFor();
    await page.getByText('Not encrypted', { exact: true }).waitFor();
    await page.getByText('Turn on FileVault in System Settings, under Privacy & Security.').waitFor();
    expect(await lastContact.textContent()).toBe('now');
  });

  test('a new name is shown here and nowhere else', async () => {
    const { mac } = await world.enrolledMac(owner, { name: `Before ${width}` });
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, `Before ${width}`);
    await button(page, 'Rename').click();
    await page.getByLabel('Name', { exact: true }).fill(`After ${width}`);
    await button(page, 'Save name').click();
    await page.getByRole('heading', { level: 1, name: `After ${width}` }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: `After ${width}` }).waitFor();
    expect(mac.identity.name).toBe(`Before ${width}`);
  });

  test('a removed Mac wants its name typed first, and its key stays within reach', async () => {
    const name = `Gone ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, stored: true });
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    await button(page, 'Remove this Mac').click();
    await page.getByLabel(`Type “${name}” to confirm`).fill('something else');
    await button(page, 'Remove').click();
    await page.getByText('This is not the name of the Mac.').waitFor();
    await page.getByLabel(`Type “${name}” to confirm`).fill(name);
    await button(page, 'Remove').click();
    await page.getByRole('heading', { name: 'This Mac is no longer managed' }).waitFor();
    await expect.poll(() => mac.state.enrollment).toBeNull();
    await page.goto('/');
    await openMac(page, name);
    expect(await button(page, 'Store recovery key').count()).toBe(0);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });
});
