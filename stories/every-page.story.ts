import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { widths } from './gestures.ts';
import { pagesOf, type Scene, setScenes, settle } from './scenes.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let scenes: readonly Scene[];
beforeAll(async () => {
  world = await startWorld();
  scenes = await setScenes(world);
});
// Closing the world fails where a page broke its content security policy or wrote an error to the console.
afterAll(() => world.close());

test('every page and state is accessible and fits, on a phone and a computer, light and dark', async () => {
  const pageOf = pagesOf(world);
  const findings: string[] = [];
  for (const { name, who, arrive } of scenes) {
    const page = await pageOf(who);
    await arrive(page);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const across = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (across > width) findings.push(`${name} at ${width}: ${across} pixels wide`);
      for (const colorScheme of ['light', 'dark'] as const) {
        await settle(page, colorScheme);
        const found = await findingsOf(page, colorScheme);
        findings.push(...found.map((finding) => `${name} at ${width}, ${colorScheme}: ${finding}`));
      }
    }
  }
  expect(findings).toEqual([]);
}, 420_000);

/** Of the rules, dark can only break those about colours: the rest has been looked at in light. */
async function findingsOf(page: Page, colorScheme: 'light' | 'dark'): Promise<readonly string[]> {
  // Without a page of its own for every look: ours have no frames of other sites.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(['color-contrast'])).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}
