import { asleep } from '@keyhaven/mac/behaviours/asleep';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  button,
  confirmBox,
  getKey,
  keyBox,
  openMac,
  savedMessage,
  shownKey,
  storeKey,
  widths,
} from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'employee@example.com';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

describe.each(widths)('at %i pixels', (width) => {
  test('a typed key is proved by the Mac, and the key the Mac then has is the one shown', async () => {
    const { mac } = await world.enrolledMac(owner, { name: `Desk ${width}` });
    const typed = mac.paper.currentRecoveryKey ?? '';
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, `Desk ${width}`);
    await page.getByText('Your recovery key is not stored').waitFor();

    await button(page, 'Store recovery key').click();
    await keyBox(page).pressSequentially(typed.toLowerCase().replaceAll('-', ' '));
    await pasteInto(page, typed);
    expect(await keyBox(page).inputValue()).toBe(typed);
    expect(await confirmBox(page).inputValue()).toBe(typed);
    await button(page, 'Save').click();

    await page.getByText(savedMessage()).waitFor();
    expect(mac.paper.currentRecoveryKey).not.toBe(typed);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });

  test('the key is shown until it is hidden, copied whole, and gone after five minutes and on leaving', async () => {
    const { mac, device } = await world.enrolledMac(owner, { name: `Shelf ${width}`, stored: true });
    const key = mac.paper.currentRecoveryKey ?? '';
    const page = await world.page({ width });
    await page.clock.install();
    await world.signInOn(page, owner, `/devices/${device.id}`);

    expect(await getKey(page)).toBe(key);
    await button(page, 'Copy').click();
    await button(page, 'Copied').waitFor();
    expect(await pasted(page)).toBe(key);
    await button(page, 'Hide').click();
    await expectNoKey(page, key);

    expect(await getKey(page)).toBe(key);
    await page.clock.fastForward('04:50');
    expect(await shownKey(page).textContent()).toBe(key);
    await page.clock.fastForward('00:15');
    await expectNoKey(page, key);

    expect(await getKey(page)).toBe(key);
    await page.getByRole('link', { name: 'My Macs' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'My Macs' }).waitFor();
    await page.goBack();
    await button(page, 'Get recovery key').waitFor();
    await expectNoKey(page, key);
  });

  test('progress and result come to the open page by themselves', async () => {
    const { mac } = await world.enrolledMac(owner, { name: `Slow ${width}` });
    mac.setBehaviour(asleep);
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, `Slow ${width}`);
    await storeKey(page, mac.paper.currentRecoveryKey ?? '');
    await page.getByRole('heading', { name: 'Saving your recovery key' }).waitFor();
    await page.getByText(/^We have asked your Mac\. It was last in touch .*; open its lid/).waitFor();
    await page.evaluate('window.notReloaded = true');
    void mac.wake();
    await page.getByText(savedMessage()).waitFor();
    expect(await page.evaluate<boolean>('window.notReloaded')).toBe(true);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });
});

/** As from a password manager or a note: with hyphens and a line break after it. */
async function pasteInto(page: Page, key: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(`  ${key}\n`)})`);
  await confirmBox(page).focus();
  await page.keyboard.press('ControlOrMeta+V');
}

/** What a paste into another page gives. */
async function pasted(page: Page): Promise<string> {
  const note = await page.context().newPage();
  await note.setContent('<textarea></textarea>');
  await note.locator('textarea').focus();
  await note.keyboard.press('ControlOrMeta+V');
  const text = await note.locator('textarea').inputValue();
  await note.close();
  return text;
}

async function expectNoKey(page: Page, key: string): Promise<void> {
  await shownKey(page).waitFor({ state: 'detached' });
  const content = await page.content();
  expect(content).not.toContain(key);
  expect(content).not.toContain(key.slice(0, 15));
}
