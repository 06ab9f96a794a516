import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openMac } from './gestures.ts';
import { startWorld, type World } from './world.ts';

const owner = 'employee@example.com';
const helpDesk = 'helpdesk@example.com';
const day = 86_400_000;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

test('a Mac that refused the FileVault settings says so in plain words, and IT reads its own', async () => {
  const { device } = await world.enrolledMac(owner, {
    name: 'Refusing Mac',
    prepare: (mac) => mac.setBehaviour(errors, { commands: ['InstallProfile'] }),
  });
  expect(device.fileVaultProfile).toBe('refused');
  const page = await world.page({ width: 390 });
  await world.signInOn(page, owner);
  await openMac(page, 'Refusing Mac');
  await page.getByRole('heading', { name: 'Your Mac did not take the FileVault settings' }).waitFor();
  await page.getByRole('heading', { name: 'Contact IT' }).waitFor();

  const desk = await world.page();
  await world.signInOn(desk, helpDesk, `/console/devices/${device.id}`);
  await desk.getByText(/macOS refused the FileVault profile: “MDMClientError 12149/u).waitFor();
});

test('a Mac that has been silent for two weeks is told of to its owner and, in other words, to IT', async () => {
  const { mac, device } = await world.enrolledMac(owner, { name: 'Silent Mac', stored: true });
  mac.setBehaviour(asleep);
  await world.pass(15 * day);
  const page = await world.page({ width: 390 });
  await world.signInOn(page, owner);
  await openMac(page, 'Silent Mac');
  await page.getByText('Your Mac has not been in touch for over two weeks.').waitFor();
  await page.getByText('Open its lid and connect it to the internet.').waitFor();

  const it = await world.page();
  await world.signInOn(it, helpDesk, '/console/devices');
  const row = it.getByRole('row').filter({ hasText: 'Silent Mac' });
  await row.getByText('Silent', { exact: true }).waitFor();
  await row.getByRole('link', { name: 'Silent Mac', exact: true }).click();
  await it.getByText('No contact for over two weeks.').waitFor();
  expect(new URL(it.url()).pathname).toBe(`/console/devices/${device.id}`);
});
