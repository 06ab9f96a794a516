// Long because it is the one list of every page and state that is looked at.
import { readFile } from 'node:fs/promises';
import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers, type Behaviour } from '@keyhaven/mac/behaviours/behaviour';
import { erased } from '@keyhaven/mac/behaviours/erased';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { losesTheAnswer } from '@keyhaven/mac/behaviours/loses-the-answer';
import { reEnrolls } from '@keyhaven/mac/behaviours/re-enrolls';
import type { Page } from 'playwright-core';
import { button, confirmBox, failedMessage, getKey, keyBox, savedMessage, storeKey } from './gestures.ts';
import { type MacWanted, until, type World, type WorldMac } from './world.ts';

/** A page in a state. `who` null: nobody signed in. */
export type Scene = {
  readonly name: string;
  readonly who: string | null;
  readonly arrive: (page: Page) => Promise<void>;
};

export const employee = 'employee@example.com';
const colleague = 'colleague@example.com';
const administrator = 'admin@example.com';
const helpDesk = 'helpdesk@example.com';
const auditor = 'auditor@example.com';
const otherKey = '2345-6789-ABCD-EFGH-JKLM-NPQR';
const hour = 3_600_000;
const nowhere = '00000000-0000-4000-8000-000000000000';

/** Takes the rotation and does nothing about it. */
const ignores: Behaviour = { ...losesTheAnswer, onCommand: async () => ({ kind: 'silent', stops: false }) };

/** Sets the stage, and tells of every page and state of the product. */
export async function setScenes(world: World): Promise<readonly Scene[]> {
  const [slept, wiped, stuck] = await troubled(world);
  const add = (name: string, wanted: MacWanted = {}): Promise<WorldMac> =>
    world.enrolledMac(employee, { name, ...wanted });
  const fresh = await add('Erin’s MacBook Air');
  const kept = await add('Design studio MacBook', { corporate: true, stored: true });
  const sleeping = await add('Night shift iMac');
  sleeping.mac.setBehaviour(asleep);
  const working = await add('Workshop Mac mini');
  working.mac.setBehaviour(losesTheAnswer);
  const unmanaged = await add('Lab MacBook', {
    prepare: (mac) => mac.setBehaviour(errors, { commands: ['InstallProfile'] }),
  });
  const plain = await add('Loaner MacBook', { fileVaultEnabled: false });
  const broken = await add('Reception iMac');
  broken.mac.setBehaviour(errors, { commands: null });
  const returning = await add('Travel MacBook with a name that goes on for a while');
  returning.mac.keepForReEnrollment(await (await world.person(employee)).enrollmentProfile());
  returning.mac.setBehaviour(reEnrolls);
  const removed = await world.enrolledMac(colleague, { name: 'Casey’s Mac mini', stored: true });

  const [arrived, claimed] = await enrolling(world, removed);

  const on = ({ device }: WorldMac, more = ''): string => `/devices/${device.id}${more}`;
  const open = (address: string) => async (page: Page) => {
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  const failed = (known: WorldMac, key?: string) => async (page: Page) => {
    await open(on(known))(page);
    await storeKey(page, key ?? known.mac.paper.currentRecoveryKey ?? '');
    await page.getByText(failedMessage).waitFor();
  };
  const shown = (scene: string, address: string, sentence: string, who: string | null = employee): Scene => ({
    name: scene,
    who,
    arrive: async (page) => {
      await page.goto(address);
      await page.getByText(sentence).first().waitFor();
    },
  });
  const scene = (name: string, arrive: Scene['arrive'], who: string | null = employee): Scene => ({
    name,
    who,
    arrive,
  });

  return [
    shown('welcome', '/', 'Your Mac’s recovery key, safe and within reach', null),
    shown('sign-in', '/sign-in', 'Sign in', null),
    shown('help', '/help', 'I am locked out of my Mac', null),
    shown('help-topic', '/help/rotate-at-the-mac', 'sudo fdesetup', null),
    shown('my-macs-none', '/', 'No Mac here yet', auditor),
    scene('my-macs', async (page) => {
      await page.goto('/');
      await page.getByRole('link', { name: 'Design studio MacBook', exact: true }).waitFor();
    }),
    shown('mac-not-stored', on(fresh), 'Your recovery key is not stored'),
    scene('store', open(on(fresh, '/store'))),
    scene('store-faults', async (page) => {
      await open(on(fresh, '/store'))(page);
      await keyBox(page).fill(`${otherKey.slice(0, -2)}01`);
      await confirmBox(page).fill(otherKey);
      await button(page, 'Save').click();
    }),
    scene('store-malformed', async (page) => {
      await open(on(fresh, '/store'))(page);
      await keyBox(page).fill('2345-67');
      await button(page, 'Save').click();
    }),
    scene('attempt-waiting', async (page) => {
      await open(on(sleeping))(page);
      await storeKey(page, otherKey);
      await page.getByText('Saving your recovery key').waitFor();
    }),
    scene('attempt-cancelled', async (page) => {
      await open(on(sleeping))(page);
      await button(page, 'Cancel').click();
      await page.getByText('The last try was cancelled.').waitFor();
    }),
    scene('attempt-rotating', async (page) => {
      await open(on(working))(page);
      await storeKey(page, working.mac.paper.currentRecoveryKey ?? '');
      await page.getByText('Your Mac is at work.').waitFor();
    }),
    shown('attempt-uncertain', on(wiped), 'We are not sure which key opens this Mac'),
    shown('attempt-stuck', on(stuck), 'We cannot settle this from here.'),
    shown('failed-unreachable', on(slept), failedMessage),
    scene('failed-wrong-key', failed(fresh, otherKey)),
    scene('failed-policy-missing', failed(unmanaged)),
    scene('failed-not-encrypted', failed(plain, otherKey)),
    scene('failed-device-error', failed(broken)),
    scene('failed-re-enrolled', failed(returning)),
    scene('saved', async (page) => {
      await open(on(fresh))(page);
      await storeKey(page, fresh.mac.paper.currentRecoveryKey ?? '');
      await page.getByText(savedMessage()).waitFor();
    }),
    scene('key-shown', async (page) => {
      await open(on(fresh))(page);
      await getKey(page);
    }),
    scene('key-shown-older', async (page) => {
      await open(on(fresh))(page);
      await getKey(page);
      await page.getByText('Did this key not work?').click();
      await page.getByRole('button', { name: /^Show the key stored/ }).waitFor();
    }),
    scene('rename', async (page) => {
      await open(on(fresh))(page);
      await button(page, 'Rename').click();
    }),
    scene('remove', async (page) => {
      await open(on(fresh))(page);
      await button(page, 'Remove this Mac').click();
      await button(page, 'Remove').click();
    }),
    shown('mac-with-a-twin', on(removed), 'Another Mac here has the same serial number.', colleague),
    scene(
      'removed',
      async (page) => {
        await open(on(removed))(page);
        if (await button(page, 'Remove this Mac').isVisible()) {
          await button(page, 'Remove this Mac').click();
          await page.getByLabel(/^Type “/).fill(removed.device.name);
          await button(page, 'Remove').click();
        }
        await page.getByText('This Mac is no longer managed').waitFor();
      },
      colleague,
    ),
    shown('enroll', '/enroll', 'This does not seem to be a Mac'),
    scene('enroll-here', async (page) => {
      await open('/enroll')(page);
      await button(page, 'Download it here anyway').click();
      await page.getByText('The exact rights that your Mac will name').click();
    }),
    scene('enroll-downloaded', async (page) => {
      await open('/enroll')(page);
      await button(page, 'Download it here anyway').click();
      await button(page, 'Download profile').click();
      await page.getByText('Profile downloaded').first().waitFor();
    }),
    scene('enroll-arrived', async (page) => {
      await open(`/enroll?enrollment=${arrived}`)(page);
      await page.getByRole('heading', { name: 'Your Mac has arrived' }).waitFor();
    }),
    scene('enroll-quarantined', async (page) => {
      await open(`/enroll?enrollment=${claimed}`)(page);
      await page.getByText('This Mac is known under somebody else’s name').waitFor();
    }),
    shown('enroll-unknown', `/enroll?enrollment=${nowhere}`, 'We could not find this enrollment'),
    shown('help-enroll', '/help/enroll', 'Enroll a Mac', null),
    shown('not-found', '/devices/nothing', 'We could not find this page'),
    scene(
      'console-devices',
      async (page) => {
        await page.goto('/console/devices');
        await page.getByRole('link', { name: 'Design studio MacBook', exact: true }).waitFor();
      },
      helpDesk,
    ),
    shown('console-personal', `/console${on(fresh)}`, 'You can rotate this key without seeing it.', helpDesk),
    scene(
      'console-key',
      async (page) => {
        await open(`/console${on(kept)}`)(page);
        await page.getByLabel('Why do you need this key?').fill('Locked out at the front desk');
        await getKey(page);
      },
      helpDesk,
    ),
    scene(
      'console-quarantine',
      async (page) => {
        await page.goto('/console/devices');
        await page.getByRole('link', { name: 'Found at the airport', exact: true }).click();
        await button(page, 'Accept').click();
        await page.getByRole('dialog').waitFor();
      },
      administrator,
    ),
    scene(
      'console-revoke',
      async (page) => {
        await open(`/console${on(kept)}`)(page);
        await button(page, 'Revoke certificate').click();
        await page.getByRole('dialog').waitFor();
      },
      administrator,
    ),
    shown('console-settings', '/console/settings', 'Company Macs', administrator),
    shown('console-auditor', `/console${on(kept)}`, 'Who saw or rotated this key', auditor),
    shown('console-refused', '/console/devices', 'Your account may not use the console.'),
    scene('notice', async (page) => {
      await open(on(kept))(page);
      await page.getByText('Reason given: Locked out at the front desk').first().waitFor();
      await page.getByText('Who looked at my key').click();
    }),
  ];
}

/** Two enrollments begun on the page: one whose Mac has arrived, and one whose Mac says it is `known`. */
async function enrolling(world: World, known: WorldMac): Promise<readonly [string, string]> {
  const begin = async (name: string, serialNumber?: string): Promise<string> => {
    const page = await world.page({ onMac: true });
    await world.signInOn(page, employee, '/enroll');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download profile').click(),
    ]);
    const identity = serialNumber === undefined ? { name } : { name, serialNumber };
    const mac = await world.fleet.addMac({ identity });
    await mac.enroll(await readFile(await download.path()));
    await page.waitForURL(/enrollment=/);
    return new URL(page.url()).searchParams.get('enrollment') ?? '';
  };
  const arrived = await begin('Brand-new MacBook');
  const claimed = await begin('Found at the airport', known.mac.identity.serialNumber);
  await world.closePages();
  return [arrived, claimed];
}

/** Macs whose states need time: one that never answered, one that was wiped on the way, one that nobody can settle. */
async function troubled(world: World): Promise<readonly [WorldMac, WorldMac, WorldMac]> {
  const begin = async (name: string, behaviour: Behaviour, key?: string): Promise<WorldMac> => {
    const known = await world.enrolledMac(employee, { name });
    const person = await world.person(employee);
    known.mac.setBehaviour(behaviour, behaviour === asleep ? {} : { times: 'once' });
    const recoveryKey = key ?? known.mac.paper.currentRecoveryKey ?? '';
    void person.store(known.device.id, recoveryKey).catch(() => undefined);
    await until(
      async () => (await person.device(known.device.id)).attempt?.state,
      (state) => state === (behaviour === asleep ? 'waiting-for-device' : 'rotating'),
    );
    return known;
  };
  const slept = await begin('Attic MacBook', asleep);
  await world.pass(23.5 * hour);
  const wiped = await begin('Hand-me-down MacBook', erased);
  const stuck = await begin('Kitchen MacBook', ignores);
  await until(
    async () => stuck.mac.behaviour === answers.name && wiped.mac.state.enrollment === null,
    Boolean,
  );
  stuck.mac.setBehaviour(errors);
  await world.pass(hour);
  await until(
    async () => (await world.person(employee)).device(stuck.device.id),
    ({ attempt }) => attempt?.advice === 'make-new-key-at-mac',
  );
  return [slept, wiped, stuck];
}

/** A page for each who of the scenes, signed in once. */
export function pagesOf(world: World): (who: string | null) => Promise<Page> {
  const pages = new Map<string | null, Promise<Page>>();
  const make = async (who: string | null): Promise<Page> => {
    const page = await world.page();
    if (who !== null) await world.signInOn(page, who);
    return page;
  };
  return (who) => {
    const page = pages.get(who) ?? make(who);
    pages.set(who, page);
    return page;
  };
}

/** Puts the page into this theme, and waits until it is painted. */
export async function settle(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
