import { readFile } from 'node:fs/promises';
import { CertificateMaker, topicNumber } from 'keyhaven/modules/push-certificate/push-certificate.fixture';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { button } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const administrator = 'admin@example.com';
const topic = topicNumber(41);
const maker = new CertificateMaker();
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(async () => {
  await world.close();
  maker.remove();
});

/** The settings, with the four steps open. */
async function settings(width = 1280): Promise<Page> {
  const page = await world.page({ width });
  await world.signInOn(page, administrator, '/console/settings');
  await page.getByRole('heading', { name: 'Apple push certificate', exact: true }).waitFor();
  if (!(await button(page, 'Use this certificate').isVisible()))
    await page.getByText('In four steps').click();
  return page;
}

async function handIn(
  page: Page,
  files: Readonly<Record<string, Buffer | string>>,
  password = '',
): Promise<void> {
  const chosen = Object.entries(files).map(([name, content]) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  }));
  await page.getByLabel('Files', { exact: true }).setInputFiles(chosen);
  await page.getByLabel('Password of the file, if it has one').fill(password);
  await button(page, 'Use this certificate').click();
}

const inUse = (page: Page) => page.getByText('This certificate is in use now.');
const fact = (page: Page, name: string) => page.locator(`dt:text-is("${name}") + dd`);

test('a certificate that answers a request made here comes into use without a key ever being seen', async () => {
  const page = await settings();
  expect(await fact(page, 'State').textContent()).toBe('Missing');
  await page.getByLabel('An MDM vendor, or our own vendor certificate').check();
  await button(page, 'Make request').click();
  const request = await page.getByLabel('Request', { exact: true }).inputValue();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button(page, 'Save as a file').click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toBe(request);
  expect(request).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
  await handIn(page, { 'MDM_.pem': maker.answer(request, topic) });
  await inUse(page).waitFor();
  expect(await fact(page, 'Topic').textContent()).toBe(topic);
  expect(await fact(page, 'State').textContent()).toMatch(/^Valid · 36\d days left$/);
  expect(await page.content()).not.toContain('PRIVATE KEY');
});

test('each refusal says what is wrong and what to do, and the right files are then taken', async () => {
  const page = await settings(390);
  const pair = maker.make(topic);
  const p12 = Buffer.from(maker.pkcs12(pair, 'correct'), 'base64');
  await button(page, 'Use this certificate').click();
  await page.getByText('Choose a file first.').waitFor();
  await handIn(page, { 'push.p12': p12 }, 'wrong');
  await page.getByText('The password does not fit.').waitFor();
  await handIn(page, { 'push.pem': pair.certificate });
  await page.getByText('The key of this certificate is missing').waitFor();
  await handIn(page, { 'push.pem': pair.certificate, 'other.pem': maker.make(topic).key });
  await page.getByText('Key and certificate do not belong together.').waitFor();
  await handIn(page, { 'notes.txt': 'not a certificate' });
  await page.getByText('This is no certificate that we can read.').waitFor();
  await handIn(page, { 'push.pem': maker.make('app', {}).certificate + maker.make('app', {}).key });
  await page.getByText('Key and certificate do not belong together.').waitFor();
  await handIn(page, { 'push.p12': p12 }, 'correct');
  await inUse(page).waitFor();
  expect(await page.getByLabel('Password of the file, if it has one').inputValue()).toBe('');
});

test('another topic is refused while a Mac is enrolled, and nothing changes', async () => {
  const owner = await world.person('employee@example.com');
  await (await world.fleet.addMac()).enroll(await owner.enrollmentProfile());
  const page = await settings();
  const other = maker.make(topicNumber(42));
  await handIn(page, { 'push.pem': other.certificate, 'key.pem': other.key });
  await page.getByText('This certificate has another topic').waitFor();
  await page.reload();
  await page.getByText(topic, { exact: true }).waitFor();
});

test('the mail of mdmcert.download opens after a reload, and becomes the file for Apple', async () => {
  const page = await settings();
  await button(page, 'Make request').click();
  await page.getByText('Give the e-mail address and the API key.').waitFor();
  await page.getByLabel('Your e-mail address at mdmcert.download').fill('it@example.com');
  await page.getByLabel('Your API key for mdmcert.download').fill('not-a-real-api-key');
  await button(page, 'Make request').click();
  const command = await page.getByLabel('Command', { exact: true }).inputValue();
  expect(command).toContain("'https://mdmcert.download/api/v1/signrequest'");
  const { encrypt }: { readonly encrypt: string } = JSON.parse(command.split('\n')[1] ?? '');
  const signed = Buffer.from(`<?xml version="1.0"?><plist>${'x'.repeat(3000)}</plist>`).toString('base64');
  maker.folder.write('to.pem', Buffer.from(encrypt, 'base64'));
  maker.folder.write('text', signed);
  maker.folder.run('smime -encrypt -binary -aes-256-cbc -in text -outform DER -out mail.der to.pem');
  const mail = maker.folder.read('mail.der').toString('hex');

  await page.reload();
  const answer = page.getByLabel('What the attachment of the e-mail says');
  await answer.fill(mail.replace(/^../, '00'));
  await button(page, 'Open it and save the file for Apple').click();
  await page.getByText('This does not open with the key of this request.').waitFor();
  await answer.fill(mail);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button(page, 'Open it and save the file for Apple').click(),
  ]);
  expect((await readFile(await download.path(), 'utf8')).trim()).toBe(signed);
  expect(page.url()).not.toContain('not-a-real-api-key');
});

test('in its last month every page of the console warns those who can renew it, and nobody else', async () => {
  const page = await settings();
  const soon = maker.make(topic, { days: 20 });
  await handIn(page, { 'push.pem': soon.certificate, 'key.pem': soon.key });
  await inUse(page).waitFor();
  await page.getByRole('link', { name: 'Devices', exact: true }).click();
  await page.getByText(/^The push certificate expires in (19|20) days\./).waitFor();

  const helpDesk = await world.page();
  await world.signInOn(helpDesk, 'helpdesk@example.com', '/console/devices');
  await helpDesk.getByLabel('Search', { exact: false }).waitFor();
  expect(await helpDesk.getByText('The push certificate expires').count()).toBe(0);
});
