import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { button, confirmBox, keyBox, mismatchMessage, openMac, widths } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'employee@example.com';
const good = '2345-6789-ABCD-EFGH-JKLM-NPQR';
let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.enrolledMac(owner, { name: 'Boxes' });
});
afterAll(() => world.close());

describe.each(widths)('at %i pixels', (width) => {
  let page: Page;
  beforeAll(async () => {
    page = await world.page({ width });
    await openStore(page);
  });
  afterAll(() => world.closePages());

  test.each([
    ['keys that differ', good, '2345-6789-ABCD-EFGH-JKLM-NPQX', mismatchMessage],
    ['a second box left empty', good, '', mismatchMessage],
    [
      'a key that is too short',
      good.slice(0, -1),
      good.slice(0, -1),
      'A recovery key has 24 characters; this has 23.',
    ],
    ['a key that is too long', `${good}7`, `${good}7`, 'A recovery key has 24 characters; this has 25.'],
    [
      'a character that no key has',
      `${good.slice(0, -1)}é`,
      `${good.slice(0, -1)}é`,
      'A recovery key has only the letters A to Z and numbers. Check “é”.',
    ],
    [
      'full-width letters',
      `${good.slice(0, -1)}Ｒ`,
      `${good.slice(0, -1)}Ｒ`,
      'A recovery key has only the letters A to Z and numbers. Check “Ｒ”.',
    ],
    ['nothing at all', '', '', 'Type the recovery key.'],
  ])('%s: told at the box, and nothing is sent', async (_case, key, confirmation, sentence) => {
    const sent = storesSentBy(page);
    await keyBox(page).fill(key);
    await confirmBox(page).fill(confirmation);
    await button(page, 'Save').click();
    const box = sentence === mismatchMessage ? confirmBox(page) : keyBox(page);
    await page.getByText(sentence, { exact: true }).waitFor();
    expect(await box.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(`[id="${await box.getAttribute('aria-describedby')}"]`).textContent()).toBe(
      sentence,
    );
    expect(sent()).toBe(0);
  });

  test('a mended box is no longer complained about', async () => {
    await keyBox(page).fill(good);
    await confirmBox(page).fill(good.replace('2', '3'));
    await button(page, 'Save').click();
    await page.getByText(mismatchMessage, { exact: true }).waitFor();
    await confirmBox(page).fill(good.toLowerCase().replaceAll('-', ''));
    await page.getByText(mismatchMessage, { exact: true }).waitFor({ state: 'detached' });
    expect(await confirmBox(page).inputValue()).toBe(good);
  });

  test('what was typed is gone when the page is left and opened again', async () => {
    await keyBox(page).fill(good);
    await page.reload();
    expect(await keyBox(page).inputValue()).toBe('');
    await keyBox(page).fill(good);
    await page.goto('/help');
    await page.goBack();
    expect(await keyBox(page).inputValue()).toBe('');
  });
});

async function openStore(page: Page): Promise<void> {
  await world.signInOn(page, owner);
  await openMac(page, 'Boxes');
  await button(page, 'Store recovery key').click();
}

function storesSentBy(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.method() === 'PUT') count += 1;
  });
  return () => count;
}
