import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { filevaultOff } from '@keyhaven/mac/behaviours/filevault-off';
import { reEnrolls } from '@keyhaven/mac/behaviours/re-enrolls';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  button,
  failedMessage,
  failedToast,
  getKey,
  openMac,
  savedMessage,
  shownKey,
  storeKey,
  widths,
} from './gestures.ts';
import { startWorld, until, type World } from './world.ts';

const owner = 'employee@example.com';
const hour = 3_600_000;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

describe.each(widths)('at %i pixels', (width) => {
  const pageAt = async (name: string): Promise<Page> => {
    const page = await world.page({ width });
    await world.signInOn(page, owner);
    await openMac(page, name);
    return page;
  };

  test('a key that the Mac refuses: look at the paper, and store again', async () => {
    const name = `Refuses ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    const page = await pageAt(name);
    await storeKey(page, otherKey);
    await expectFailure(
      page,
      'Your Mac didn’t accept this key. Check the paper it was written on: a B and an 8 are easily mixed up. The key may also be an older one.',
    );
    expect(await button(page, 'Get recovery key').count()).toBe(0);
    await storeKey(page, mac.paper.currentRecoveryKey ?? '');
    await page.getByText(savedMessage()).waitFor();
    await page.getByText(failedMessage).waitFor({ state: 'detached' });
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });

  test('a refused key does not take the place of the one that is held', async () => {
    const name = `Holds ${width}`;
    const { mac } = await world.enrolledMac(owner, { name, stored: true });
    const key = mac.paper.currentRecoveryKey;
    const page = await pageAt(name);
    await storeKey(page, otherKey);
    await expectFailure(page, 'Your Mac didn’t accept this key.');
    expect(await getKey(page)).toBe(key);
    expect(mac.paper.currentRecoveryKey).toBe(key);
  });

  test('a Mac that never answers: when it was last in touch, and Check status', async () => {
    const name = `Sleeps ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    mac.setBehaviour(asleep);
    await storeKey(await pageAt(name), mac.paper.currentRecoveryKey ?? '');
    await world.pass(25 * hour);
    const page = await pageAt(name);
    await expectFailure(
      page,
      /^Your Mac has not answered\. It was last in touch .*\. Open its lid, connect it to the internet, then check its status\.$/,
    );
    await button(page, 'Check status').waitFor();
    expect(await button(page, 'Get recovery key').count()).toBe(0);
  });

  test('a Mac that refused the FileVault profile: contact IT', async () => {
    const name = `Unmanaged ${width}`;
    const { mac } = await world.enrolledMac(owner, {
      name,
      prepare: (fresh) => fresh.setBehaviour(errors, { commands: ['InstallProfile'] }),
    });
    const page = await pageAt(name);
    await storeKey(page, mac.paper.currentRecoveryKey ?? '');
    await expectFailure(
      page,
      'FileVault management is not turned on for this Mac, so its key can’t be verified. Contact IT and tell them that you tried to store your key.',
    );
    await page.getByRole('heading', { name: 'Contact IT' }).waitFor();
  });

  test('a disk known not to be encrypted: turn on FileVault', async () => {
    const name = `Plain ${width}`;
    await world.enrolledMac(owner, { name, fileVaultEnabled: false });
    const page = await pageAt(name);
    await page.getByRole('heading', { name: 'This Mac is not encrypted' }).waitFor();
    await storeKey(page, otherKey);
    await expectFailure(
      page,
      /^Your Mac says that its disk is not encrypted.* Turn on FileVault on your Mac/,
    );
    await button(page, 'Check status').waitFor();
  });

  test('a disk found not to be encrypted when the Mac is asked', async () => {
    const name = `Decrypted ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    const key = mac.paper.currentRecoveryKey ?? '';
    mac.setBehaviour(filevaultOff);
    const page = await pageAt(name);
    await storeKey(page, key);
    await expectFailure(page, /^Your Mac says that its disk is not encrypted/);
    expect(mac.paper.currentRecoveryKey).toBe(key);
  });

  test('a Mac that reports an error: contact IT', async () => {
    const name = `Broken ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    mac.setBehaviour(errors, { commands: null });
    const page = await pageAt(name);
    await storeKey(page, mac.paper.currentRecoveryKey ?? '');
    await expectFailure(page, /^Your Mac reported a problem while it worked on the key\..* Contact IT/);
    await page.getByRole('heading', { name: 'Contact IT' }).waitFor();
  });

  test('a Mac that enrolls again on the way: store once more', async () => {
    const name = `Returns ${width}`;
    const { mac, device } = await world.enrolledMac(owner, { name });
    const key = mac.paper.currentRecoveryKey ?? '';
    mac.keepForReEnrollment(await (await world.person(owner)).enrollmentProfile());
    mac.setBehaviour(reEnrolls);
    const page = await pageAt(name);
    await storeKey(page, key);
    await expectFailure(
      page,
      'Your Mac was enrolled again in the meantime, so we stopped before changing anything else. Store the key once more.',
    );
    await until(
      async () => (await world.person(owner)).device(device.id),
      ({ fileVaultProfile }) => fileVaultProfile === 'acknowledged',
    );
    await storeKey(page, key);
    await page.getByText(savedMessage()).waitFor();
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });

  test('a newer store takes the place of one that waits', async () => {
    const name = `Twice ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    mac.setBehaviour(asleep);
    const page = await pageAt(name);
    await storeKey(page, otherKey);
    await page.getByRole('heading', { name: 'Saving your recovery key' }).waitFor();
    const first = await newestAttempt(page);
    await storeKey(page, mac.paper.currentRecoveryKey ?? '');
    await until(
      () => newestAttempt(page),
      ({ id }) => id !== first.id,
    );
    void mac.wake();
    await page.getByText(savedMessage()).waitFor();
    expect(await page.getByText(failedToast).count()).toBe(0);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
    const old = await page.request.get(`/api/v1${new URL(page.url()).pathname}/attempts/${first.id}`);
    expect(await old.json()).toMatchObject({ state: 'failed', reason: 'superseded' });
  });

  test('a store that is cancelled leaves everything as it was, and is no failure', async () => {
    const name = `Regrets ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    const key = mac.paper.currentRecoveryKey ?? '';
    mac.setBehaviour(asleep);
    const page = await pageAt(name);
    await storeKey(page, key);
    await button(page, 'Cancel').click();
    await page.getByText('The last try was cancelled. Nothing has changed on your Mac.').waitFor();
    await page.getByRole('heading', { name: 'Your recovery key is not stored' }).waitFor();
    expect(await page.getByText(failedToast).count()).toBe(0);
    await mac.wake();
    await mac.settled();
    expect(mac.paper.currentRecoveryKey).toBe(key);
  });
});

const otherKey = '2345-6789-ABCD-EFGH-JKLM-NPQR';

/** The toast, the message that opens its help page, and the cause in words. Ends where it began. */
async function expectFailure(page: Page, cause: string | RegExp): Promise<void> {
  await page.getByRole('alert').getByText(failedToast, { exact: true }).waitFor();
  const message = page.getByRole('link', { name: failedMessage, exact: true });
  await message.waitFor();
  await page.getByText(cause).waitFor();
  expect(await shownKey(page).count()).toBe(0);
  await message.click();
  await page.getByRole('heading', { level: 1, name: 'Make a new recovery key on your Mac' }).waitFor();
  await page.goBack();
  await message.waitFor();
}

async function newestAttempt(page: Page): Promise<{ readonly id: string }> {
  const answer = await page.request.get(`/api/v1${new URL(page.url()).pathname}`);
  // Safe because the contract says so; what is not in it fails the test.
  return ((await answer.json()) as { readonly attempt: { readonly id: string } }).attempt;
}
