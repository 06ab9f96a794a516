import { answersTwice } from '@keyhaven/mac/behaviours/answers-twice';
import { answers, type Behaviour } from '@keyhaven/mac/behaviours/behaviour';
import { erased } from '@keyhaven/mac/behaviours/erased';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { losesTheAnswer } from '@keyhaven/mac/behaviours/loses-the-answer';
import { notNowTwice } from '@keyhaven/mac/behaviours/not-now-twice';
import { rotatesThenDies } from '@keyhaven/mac/behaviours/rotates-then-dies';
import { rotatesWithoutReplyKey } from '@keyhaven/mac/behaviours/rotates-without-reply-key';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, failedToast, getKey, openMac, savedMessage, storeKey, widths } from './gestures.ts';
import { startWorld, until, type World, type WorldMac } from './world.ts';

const owner = 'employee@example.com';
const minute = 60_000;
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
  const storeOn = async (name: string, behaviour: Behaviour): Promise<{ page: Page } & WorldMac> => {
    const known = await world.enrolledMac(owner, { name });
    known.mac.setBehaviour(behaviour, { times: 'once' });
    const page = await pageAt(name);
    await storeKey(page, known.mac.paper.currentRecoveryKey ?? '');
    return { ...known, page };
  };

  test.each([losesTheAnswer, rotatesThenDies])(
    'a Mac that $name: its escrow copy brings the new key',
    async (behaviour) => {
      const { page, mac } = await storeOn(`${behaviour.name} ${width}`, behaviour);
      await page.getByText('Your Mac is at work. This takes a minute or two.').waitFor();
      await until(
        async () => mac.behaviour,
        (now) => now === 'answers',
      );
      await world.pass(2 * minute);
      await page.getByText(savedMessage()).waitFor();
      expect(await page.getByText(failedToast).count()).toBe(0);
      expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
    },
  );

  test.each([rotatesWithoutReplyKey, answersTwice])(
    'a Mac that $name: the key shown is the key it has',
    async (behaviour) => {
      const { page, mac } = await storeOn(`${behaviour.name} ${width}`, behaviour);
      await page.getByText(savedMessage()).waitFor();
      expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
    },
  );

  test('a Mac that has no time twice: the store waits and is then saved', async () => {
    const name = `Busy ${width}`;
    const { page, mac, device } = await storeOn(name, notNowTwice);
    await page.getByText(/^We have asked your Mac\./).waitFor();
    await until(
      async () => {
        await world.pass(20 * minute);
        return (await world.person(owner)).device(device.id);
      },
      ({ attempt }) => attempt?.state === 'saved',
    );
    const later = await pageAt(name);
    await later.getByText(savedMessage()).waitFor();
    expect(await getKey(later)).toBe(mac.paper.currentRecoveryKey);
  });

  test('a Mac that nobody can settle: its owner makes a new key there, and a new store takes over', async () => {
    const name = `Stuck ${width}`;
    const { page, mac } = await storeOn(name, ignores);
    await page.getByText('Your Mac is at work. This takes a minute or two.').waitFor();
    await until(
      async () => mac.behaviour,
      (now) => now === 'answers',
    );
    mac.setBehaviour(errors);
    await world.pass(2 * minute);
    await page
      .getByText(
        'We cannot settle this from here. Make a new key on your Mac; it takes two minutes. Then store the new one.',
      )
      .waitFor();
    await page.getByRole('heading', { name: 'We are not sure which key opens this Mac' }).waitFor();
    await page.getByRole('link', { name: 'How to make a new key on your Mac' }).click();
    await page.getByText('sudo fdesetup changerecovery -personal').waitFor();
    await page.goBack();

    mac.setBehaviour(answers);
    await mac.makeNewRecoveryKey();
    await storeKey(page, mac.paper.currentRecoveryKey ?? '');
    await page.getByText(savedMessage()).waitFor();
    expect(await page.getByText(failedToast).count()).toBe(0);
    expect(await getKey(page)).toBe(mac.paper.currentRecoveryKey);
  });

  test('a Mac that is erased on the way: the key typed stays within reach', async () => {
    const name = `Erased ${width}`;
    const { mac } = await world.enrolledMac(owner, { name });
    const typed = mac.paper.currentRecoveryKey ?? '';
    mac.setBehaviour(erased, { times: 'once' });
    await storeKey(await pageAt(name), typed);
    await until(async () => mac.state.enrollment === null, Boolean);
    await world.pass(20 * minute);
    const page = await pageAt(name);
    await page.getByRole('heading', { name: 'We are not sure which key opens this Mac' }).waitFor();
    expect(await getKey(page)).toBe(typed);
    await button(page, 'Hide').click();

    await mac.enroll(await (await world.person(owner)).enrollmentProfile());
    await page.getByText(/^Your Mac was enrolled again in the meantime/).waitFor();
    expect(await getKey(page)).toBe(typed);
  });
});

/** Takes the rotation, does nothing about it and says nothing: at the next push it is Idle. */
const ignores: Behaviour = {
  ...losesTheAnswer,
  name: 'ignores',
  onCommand: async () => ({ kind: 'silent', stops: false }),
};
