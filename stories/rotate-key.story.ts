import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, getKey, openMac, savedMessage, shownKey, storeKey, widths } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'colleague@example.com';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

describe.each(widths)('at %i pixels', (width) => {
  test('the Mac makes a new key, and the one shown is the one it has', async () => {
    const name = `Turns ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, stored: true });
    const before = mac.paper.currentRecoveryKey;
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    expect(await getKey(page)).toBe(before);
    await button(page, 'Rotate recovery key').click();
    await page.getByText(savedMessage()).waitFor();
    // The key on the screen opens nothing any more.
    await shownKey(page).waitFor({ state: 'detached' });
    expect(mac.paper.currentRecoveryKey).not.toBe(before);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });

  test('when the key does not work, the one before is at hand', async () => {
    const name = `Older ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    const typed = mac.paper.currentRecoveryKey;
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    await storeKey(page, typed ?? '');
    await page.getByText(savedMessage()).waitFor();
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
    await page.getByText('Did this key not work?').click();
    await button(page, 'Show the key stored now').click();
    await expect.poll(() => shownKey(page).textContent()).toBe(typed);
  });

  test('a rotation waits for a Mac that sleeps, and its result waits for whoever comes back elsewhere', async () => {
    const name = `Naps ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, stored: true });
    mac.setBehaviour(asleep);
    const before = mac.paper.currentRecoveryKey;
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    await button(page, 'Rotate recovery key').click();
    await page.getByRole('heading', { name: 'Making a new recovery key' }).waitFor();
    expect(await getKey(page)).toBe(before);
    await page.context().close();

    await mac.wake();
    const elsewhere = await world.page({ width: width === 390 ? 1280 : 390 });
    await world.signInOn(elsewhere, owner);
    await openMac(elsewhere, name);
    await elsewhere.getByText(savedMessage()).waitFor();
    expect(mac.paper.currentRecoveryKey).not.toBe(before);
    expect(await getKey(elsewhere)).toBe(mac.paper.currentRecoveryKey);
  });
});
