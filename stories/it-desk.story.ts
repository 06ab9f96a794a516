import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, getKey, openMac, shownKey, widths } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'employee@example.com';
const reason = 'Locked out, called from the front desk';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

describe.each(widths)('at %i pixels', (width) => {
  test('the help desk sees the key of a company Mac with a reason, and its owner is told at once', async () => {
    const name = `Company ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, corporate: true, stored: true });
    const ownersPage = await world.page({ width });
    await world.signInOn(ownersPage, owner);
    await openMac(ownersPage, name);

    const page = await consoleAt(width, 'helpdesk@example.com', name);
    await button(page, 'Get recovery key').click();
    await page.getByText('Write at least 8 characters.').waitFor();
    await page.getByLabel('Why do you need this key?').fill(reason);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);

    await ownersPage.getByText(new RegExp(`looked at the recovery key of ${name}\\.$`)).waitFor();
    await ownersPage.getByText(`Reason given: ${reason}`).first().waitFor();
    await ownersPage.getByText('Who looked at my key').click();
    await ownersPage.getByText(/^(?!You).* looked at the recovery key$/).waitFor();
    const notice = ownersPage.getByRole('listitem').filter({ hasText: `Reason given: ${reason}` });
    await notice.getByRole('button', { name: 'Got it' }).click();
    await notice.getByRole('button', { name: 'Got it' }).waitFor({ state: 'detached' });
  });

  test('the key of a personal Mac is never IT’s to see, but IT rotates it', async () => {
    const name = `Personal ${width}`;
    const { mac, device } = await world.enrolledMac(owner, { name, stored: true });
    const before = mac.paper.currentRecoveryKey;
    for (const who of ['helpdesk@example.com', 'admin@example.com']) {
      const page = await consoleAt(width, who, name);
      await button(page, 'Rotate recovery key').waitFor();
      expect(await button(page, 'Get recovery key').count()).toBe(0);
      const tried = await reveal(page, device.id);
      expect(tried.status()).toBe(403);
      expect(await tried.json()).toMatchObject({ code: 'personal-device' });
    }
    const page = await consoleAt(width, 'helpdesk@example.com', name);
    await page.getByLabel('Why rotate this key?').fill(reason);
    await button(page, 'Rotate recovery key').click();
    await expect.poll(() => mac.paper.currentRecoveryKey, { timeout: 10_000 }).not.toBe(before);
    await page.getByText(/saved/i).first().waitFor();
    expect(await shownKey(page).count()).toBe(0);

    const ownersPage = await world.page({ width });
    await world.signInOn(ownersPage, owner);
    await openMac(ownersPage, name);
    expect(await getKey(ownersPage)).toBe(mac.paper.currentRecoveryKey);
  });

  test('an auditor reads everything but keys, and changes nothing', async () => {
    const name = `Audited ${width}`;
    const { mac, device } = await world.enrolledMac(owner, { name, corporate: true, stored: true });
    const page = await consoleAt(width, 'auditor@example.com', name);
    for (const action of ['Get recovery key', 'Rotate recovery key', 'Check status', 'Store recovery key']) {
      expect(await button(page, action).count()).toBe(0);
    }
    const tried = await reveal(page, device.id);
    expect(tried.status()).toBe(403);
    expect(await tried.json()).toMatchObject({ code: 'forbidden' });
    expect(await page.content()).not.toContain(mac.paper.currentRecoveryKey);
  });

  test('an employee has no console', async () => {
    const page = await world.page({ width });
    await world.signInOn(page, owner, '/console/devices');
    await page.getByText('Your account may not use the console. Your own Macs are in the portal.').waitFor();
    expect((await page.request.get('/api/v1/devices?scope=all')).status()).toBe(403);
  });
});

async function consoleAt(width: number, email: string, name: string): Promise<Page> {
  const page = await world.page({ width });
  await world.signInOn(page, email, '/console/devices');
  await page.getByLabel('Search', { exact: false }).fill(name);
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  return page;
}

const reveal = (page: Page, device: string) =>
  page.request.post(`/api/v1/devices/${device}/recovery-key/reveal`, {
    headers: { origin: world.url.origin },
    data: { reason },
  });
