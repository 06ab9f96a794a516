import type { Locator, Page } from 'playwright-core';

/** What people do on the pages, by the accessible names that the contract fixes. */

/** The two widths that every page must do at: a computer's and a phone's, in CSS pixels. */
export const widths = [1280, 390] as const;

/** From My Macs to a Mac's page, by its name in the list. */
export async function openMac(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
export const keyBox = (page: Page): Locator => page.getByLabel('Recovery key', { exact: true });
export const confirmBox = (page: Page): Locator => page.getByLabel('Confirm recovery key', { exact: true });
export const shownKey = (page: Page): Locator =>
  page.getByRole('status', { name: 'Recovery key', exact: true });

/** On a Mac's page: Store recovery key, both boxes, Save; ends on the Mac's page. */
export async function storeKey(page: Page, key: string, confirmation = key): Promise<void> {
  await button(page, 'Store recovery key').click();
  await keyBox(page).fill(key);
  await confirmBox(page).fill(confirmation);
  await button(page, 'Save').click();
  await page.waitForURL(/\/devices\/[^/]+$/);
}

/** On a Mac's page: Get recovery key. Returns what the page then shows as the key. */
export async function getKey(page: Page): Promise<string> {
  await button(page, 'Get recovery key').click();
  return (await shownKey(page).textContent()) ?? '';
}

/** The whole message of a success, as people read it. */
export const savedMessage = (portalName = 'Company Portal'): string =>
  `Your recovery key has been updated. If you ever get locked out of your device and need to retrieve your key, sign in to ${portalName} and select Get recovery key.`;

export const failedToast = "Couldn't update recovery key for device.";
export const failedMessage =
  'We were unable to upload your recovery key. Check that you entered the correct key and try again. If the problem persists, try to manually rotate your key. Tap to learn more.';
export const mismatchMessage = 'Keys must match. Check keys and try again.';
