import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { button } from './gestures.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.closePages());
afterAll(() => world.close());

test('a Mac whose serial number IT has listed is the company’s from its enrollment on', async () => {
  const mac = await world.fleet.addMac({ identity: { name: 'Bought by IT' } });
  const { serialNumber } = mac.identity;
  const page = await world.page();
  await world.signInOn(page, 'admin@example.com', '/console/settings');
  const list = page.getByLabel('Serial numbers', { exact: true });
  await button(page, 'Add to the list').click();
  await page.getByText('Write at least one serial number.').waitFor();
  await list.fill(`nonsense-1, ${serialNumber}`);
  await button(page, 'Add to the list').click();
  await page.getByText('This is no serial number: nonsense-1').waitFor();
  await list.fill(`${serialNumber.toLowerCase()}\nZZZZZZZZZZ01`);
  await button(page, 'Add to the list').click();
  await page.getByText('2 added.').waitFor();
  await list.fill(`${serialNumber}\nZZZZZZZZZZ02`);
  await button(page, 'Add to the list').click();
  await page.getByText('1 of 2 added.').waitFor();
  await page.getByRole('rowheader', { name: serialNumber }).waitFor();
  await button(page, 'Take ZZZZZZZZZZ01 off the list').click();
  await page.getByRole('rowheader', { name: 'ZZZZZZZZZZ01' }).waitFor({ state: 'detached' });

  const owner = await world.person('employee@example.com');
  await mac.enroll(await owner.enrollmentProfile());
  const found = (await owner.myMacs()).find((device) => device.serialNumber === serialNumber);
  expect(found?.ownership).toBe('corporate');
});

test('the help desk reads the list and changes nothing', async () => {
  const page = await world.page({ width: 390 });
  await world.signInOn(page, 'helpdesk@example.com', '/console/settings');
  await page.getByRole('heading', { name: 'Company Macs', exact: true }).waitFor();
  expect(await button(page, 'Add to the list').count()).toBe(0);
  await page.getByText('Only people who may change settings see the push certificate.').waitFor();
});
