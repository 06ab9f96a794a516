import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scanForKeys } from './canary-scan.ts';
import { dumpDatabase } from './database-dump.ts';
import {
  button,
  confirmBox,
  failedMessage,
  getKey,
  keyBox,
  openMac,
  savedMessage,
  storeKey,
} from './gestures.ts';
import { startWorld, until, type World } from './world.ts';

const owner = 'employee@example.com';
// Keys that no Mac has, one a door.
const wrong = 'TR7M-94AB-KQ2X-WWPL-6ZNC-V3HD';
const mismatched = 'PLMK-28QA-7ZXW-EDCV-RFTG-5BYH';
const malformed = 'QAZW-SXED-CRFV-TGBY-HNUJ-MK24';
const mangled = 'VBNM-LKJH-GFDA-QWER-TY56-78ZX';
const searched = 'HJKL-8765-MNBV-CXZA-PTUW-432R';

let world: World;
let profile: string;
beforeAll(async () => {
  world = await startWorld();
  profile = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-profile-'));
});
afterAll(async () => {
  await world.close();
  await rm(profile, { recursive: true, force: true });
});

test('no key that ever passed a door is found in the log, the database, an answer but the reveal, or the browser', async () => {
  const { mac, device } = await world.enrolledMac(owner, { name: 'Canary', corporate: true });
  const real: string[] = [];
  const notePaper = (): string => {
    const key = mac.paper.currentRecoveryKey ?? '';
    if (!real.includes(key)) real.push(key);
    return key;
  };
  const page = await world.page({ profile });
  const answers = hearAnswers(page);

  await world.signInOn(page, owner);
  await openMac(page, 'Canary');
  await button(page, 'Store recovery key').click();
  await keyBox(page).fill(mismatched);
  await confirmBox(page).fill(malformed);
  await button(page, 'Save').click();
  await keyBox(page).fill(`${malformed}9`);
  await button(page, 'Save').click();
  await page.goBack();
  await storeKey(page, wrong);
  await page.getByText(failedMessage).waitFor();
  await storeKey(page, notePaper());
  await page.getByText(savedMessage()).waitFor();
  notePaper();
  expect(real).toContain(await getKey(page));
  await button(page, 'Copy').click();
  await button(page, 'Hide').click();
  const before = notePaper();
  await button(page, 'Rotate recovery key').click();
  await until(
    async () => notePaper(),
    (key) => key !== before,
  );
  await page.getByText(savedMessage()).waitFor();
  await mac.makeNewRecoveryKey();
  notePaper();
  await button(page, 'Check status').click();
  await page.getByText('A recovery key is stored, but not proved').waitFor();

  const refusals = await tryWithFaults(page, device.id);
  await page.goto('/console/devices');
  await page.context().close();
  const helpDesk = await world.page();
  const theirAnswers = hearAnswers(helpDesk);
  await world.signInOn(helpDesk, 'helpdesk@example.com', '/console/devices');
  await helpDesk.getByLabel('Search devices').fill(searched);
  await helpDesk.getByText('No Mac matches.').waitFor();
  await helpDesk.goto(`/console/devices/${device.id}`);
  await helpDesk.getByLabel('Why do you need this key?').fill('The canary is asked to sing');
  expect(real).toContain(await getKey(helpDesk));
  await world.pass(60_000);

  expect(real.length).toBe(4);
  const keys = [...real, wrong, mismatched, malformed, mangled, searched];
  const heard = [...(await answers()), ...(await theirAnswers())];
  const places = [
    { place: 'the log', bytes: Buffer.from(world.logged()) },
    ...refusals.map((text, index) => ({ place: `refusal ${index}`, bytes: Buffer.from(text) })),
    ...heard.filter(({ isReveal }) => !isReveal),
    ...(await dumpDatabase(world.connectionString)),
    ...(await filesIn(profile)),
    ...(await filesIn(world.dataFolder)),
  ];
  // The scan would find what is there: the reveals hold a key each, and the dump is of this database.
  expect(heard.filter(({ isReveal, bytes }) => isReveal && scanForKeys(bytes, real).length > 0).length).toBe(
    2,
  );
  const holds = (start: string, text: string): boolean =>
    places.some(({ place, bytes }) => place.startsWith(start) && bytes.includes(text));
  expect(holds('table ', 'Canary')).toBe(true);
  expect(holds(profile, device.id)).toBe(true);
  expect(
    places.flatMap(({ place, bytes }) => scanForKeys(bytes, keys).map((found) => `${place}: ${found}`)),
  ).toEqual([]);
});

/** Sends a key in every shape that a parser might repeat in its complaint. Returns all that was answered. */
async function tryWithFaults(page: Page, device: string): Promise<readonly string[]> {
  const headers = { origin: world.url.origin, 'content-type': 'application/json' };
  const put = (data: string): Promise<string> =>
    answerOf('PUT', `/api/v1/devices/${device}/recovery-key`, data);
  const answerOf = async (method: string, address: string, data?: string, extra = {}): Promise<string> => {
    const answer = await page.request.fetch(address, {
      method,
      headers: { ...headers, ...extra },
      ...(data === undefined ? {} : { data }),
    });
    expect(answer.status()).toBeGreaterThanOrEqual(400);
    return JSON.stringify(answer.headers()) + (await answer.text());
  };
  return [
    await put(JSON.stringify({ recoveryKey: malformed, confirmation: mismatched })),
    await put(JSON.stringify({ recoveryKey: `${malformed}9`, confirmation: `${malformed}9` })),
    await put(`{"recoveryKey": ${mangled}, "confirmation": "${mangled}"`),
    await put(mangled),
    await put(JSON.stringify({ recoveryKey: [mangled], confirmation: { [mangled]: mangled } })),
    await put(JSON.stringify({ recoveryKey: mangled, confirmation: mangled, [mangled]: 1 })),
    await answerOf('GET', `/api/v1/devices/${mangled}`),
    await answerOf('GET', `/api/v1/${mangled}`),
    await answerOf('GET', `/api/v1/devices?limit=${mangled}`),
    await answerOf('GET', `/api/v1/devices?scope=${mangled}&cursor=${mangled}`),
    await answerOf('POST', `/api/v1/devices/${device}/recovery-key/reveal`, `{"version":"${mangled}"}`),
    await answerOf('PUT', '/mdm', `<plist><string>${mangled}</string>`, {
      'content-type': 'application/x-apple-aspen-mdm',
      'mdm-signature': Buffer.from(mangled).toString('base64'),
    }),
  ];
}

type Answer = { readonly place: string; readonly bytes: Buffer; readonly isReveal: boolean };

/** Every answer of the API that this page gets. */
function hearAnswers(page: Page): () => Promise<readonly Answer[]> {
  const answers: Promise<Answer | null>[] = [];
  const hear = async (response: Response): Promise<Answer | null> => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/') || pathname === '/api/v1/events') return null;
    const bytes = await response.body().catch(() => null);
    return bytes === null ? null : { place: pathname, bytes, isReveal: pathname.endsWith('/reveal') };
  };
  page.on('response', (response) => answers.push(hear(response)));
  return async () => (await Promise.all(answers)).filter((answer) => answer !== null);
}

async function filesIn(
  folder: string,
): Promise<readonly { readonly place: string; readonly bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      place: path.join(parentPath, name),
      bytes: await readFile(path.join(parentPath, name)),
    })),
  );
}
