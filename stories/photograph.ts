// node stories/photograph.ts FOLDER: a picture of every page and state, on a phone and a computer, light and dark.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { openTestServer } from 'keyhaven/platform/db/test-server';
import { pagesOf, setScenes, settle } from './scenes.ts';
import { startWorld } from './world.ts';

const folder = process.argv[2] ?? 'photographs';
await mkdir(folder, { recursive: true });
const database = await openTestServer(process.env['KEYHAVEN_TEST_DATABASE_URL']);
process.env['KEYHAVEN_TEST_DATABASE_DOOR'] = database.address;
const world = await startWorld();
try {
  const pageOf = pagesOf(world);
  for (const { name, who, arrive } of await setScenes(world)) {
    const page = await pageOf(who);
    await page.setViewportSize({ width: 1280, height: 900 });
    await arrive(page);
    for (const width of [1280, 390]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
        await settle(page, colorScheme);
        await page.screenshot({
          path: path.join(folder, `${name}-${width}-${colorScheme}.png`),
          fullPage: true,
        });
      }
    }
    process.stdout.write(`${name}\n`);
  }
} finally {
  await world.close();
  await database.stop();
}
