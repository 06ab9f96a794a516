import { randomBytes } from 'node:crypto';
import { answersTwice } from '@keyhaven/mac/behaviours/answers-twice';
import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { losesTheAnswer } from '@keyhaven/mac/behaviours/loses-the-answer';
import { notNowTwice } from '@keyhaven/mac/behaviours/not-now-twice';
import { makeRecoveryKey } from '@keyhaven/mac/recovery-key';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TransportWorld, until, type WorldMac } from '../../adapters/transport-world.fixture.ts';
import { minutes } from '../../kernel/clock.ts';

const owner = 'colleague@example.com';

/** What every MdmTransport has to bring about, with simulated Macs that speak only its own protocol. */
export function transportContract(name: string, start: () => Promise<TransportWorld>): void {
  describe(name, () => {
    let world: TransportWorld;
    beforeAll(async () => {
      world = await start();
    });
    afterAll(() => world.close());

    const store = async ({ mac, device }: WorldMac) =>
      (await world.person(owner)).store(device.id, mac.paper.currentRecoveryKey ?? '');

    async function expectHeld({ mac, device }: WorldMac): Promise<void> {
      expect(await world.heldKey(device)).toBe(mac.paper.currentRecoveryKey);
    }

    /** Of commands, by kind. */
    async function statesOf({ device }: WorldMac, kind: string): Promise<readonly string[]> {
      const { rows } = await sql<{ state: string }>`select state from commands
        where device_id = ${device.id} and kind = ${kind} order by sequence`.execute(world.server.database);
      return rows.map(({ state }) => state);
    }

    test('a Mac that enrolls answers what it is, how its disk is, and takes its profile', async () => {
      const enrolled = await world.enrolledMac(owner);
      for (const kind of ['DeviceInformation', 'InstallProfile']) {
        expect(await statesOf(enrolled, kind)).toEqual(['acknowledged']);
      }
      expect(await statesOf(enrolled, 'SecurityInfo')).toContain('acknowledged');
    });

    test('the key that the Mac makes for the typed one is the one that is held', async () => {
      const enrolled = await world.enrolledMac(owner);
      const typed = enrolled.mac.paper.currentRecoveryKey;
      expect(await store(enrolled)).toMatchObject({ state: 'saved' });
      expect(enrolled.mac.paper.currentRecoveryKey).not.toBe(typed);
      await expectHeld(enrolled);
    });

    test('a rotation without anything typed ends with another key, held', async () => {
      const enrolled = await world.enrolledMac(owner);
      await store(enrolled);
      const before = enrolled.mac.paper.currentRecoveryKey;
      const attempt = await (await world.person(owner)).rotate(enrolled.device.id);
      expect(attempt).toMatchObject({ state: 'saved', kind: 'rotate' });
      expect(enrolled.mac.paper.currentRecoveryKey).not.toBe(before);
      await expectHeld(enrolled);
    });

    test('what a sleeping Mac is to do waits for it, in one piece', async () => {
      const enrolled = await world.enrolledMac(owner);
      enrolled.mac.setBehaviour(asleep);
      // What a push set off before is over: nothing of the store goes into that session.
      await enrolled.mac.settled();
      const stored = store(enrolled);
      await world.pass(minutes(2));
      expect(await statesOf(enrolled, 'RotateFileVaultKey')).toEqual([]);
      enrolled.mac.setBehaviour(answers);
      await enrolled.mac.wake();
      expect(await stored).toMatchObject({ state: 'saved' });
      expect(await statesOf(enrolled, 'RotateFileVaultKey')).toEqual(['acknowledged']);
      await expectHeld(enrolled);
    });

    test.each([['SecurityInfo'], ['RotateFileVaultKey']])(
      'NotNow to %s puts it off and loses nothing',
      async (kind) => {
        const enrolled = await world.enrolledMac(owner);
        enrolled.mac.setBehaviour(notNowTwice, { commands: [kind] });
        const stored = store(enrolled);
        await until(() => (enrolled.mac.behaviour === 'answers' ? true : null));
        expect(await stored).toMatchObject({ state: 'saved' });
        await expectHeld(enrolled);
      },
    );

    test('a key that the Mac refuses is named wrong, and the Mac keeps its own', async () => {
      const { mac, device } = await world.enrolledMac(owner);
      const before = mac.paper.currentRecoveryKey;
      const attempt = await (await world.person(owner)).store(device.id, makeRecoveryKey(randomBytes));
      expect(attempt).toMatchObject({ state: 'failed', reason: 'wrong-key' });
      expect(mac.paper.currentRecoveryKey).toBe(before);
    });

    test('an Error to a key that was right is explained, and the next store saves', async () => {
      const enrolled = await world.enrolledMac(owner);
      enrolled.mac.setBehaviour(errors, { times: 'once' });
      expect(await store(enrolled)).toMatchObject({ state: 'failed', reason: 'wrong-key' });
      expect(await store(enrolled)).toMatchObject({ state: 'saved' });
      await expectHeld(enrolled);
    });

    test('an answer that comes twice is one answer', async () => {
      const enrolled = await world.enrolledMac(owner);
      enrolled.mac.setBehaviour(answersTwice);
      expect(await store(enrolled)).toMatchObject({ state: 'saved' });
      await enrolled.mac.settled();
      const { rows } = await sql<{ count: number }>`select count(*) as count from device_answers a
        join commands c on c.id = a.command_id where c.kind = 'RotateFileVaultKey'
        and c.device_id = ${enrolled.device.id}`.execute(world.server.database);
      expect(rows).toEqual([{ count: 1 }]);
      await expectHeld(enrolled);
    });

    test('a rotation whose answer is lost ends with the key that the Mac has', async () => {
      const enrolled = await world.enrolledMac(owner);
      enrolled.mac.setBehaviour(losesTheAnswer, { times: 'once' });
      const typed = enrolled.mac.paper.currentRecoveryKey;
      const stored = store(enrolled);
      await until(() => (enrolled.mac.paper.currentRecoveryKey === typed ? null : true));
      await world.pass(minutes(2));
      await world.pass(minutes(16));
      await world.pass(minutes(2));
      expect(await stored).toMatchObject({ state: 'saved' });
      await expectHeld(enrolled);
    });

    test('a Mac that enrolls again is the same Mac, and gets nothing of before', async () => {
      const enrolled = await world.enrolledMac(owner);
      const { mac, device } = enrolled;
      const someone = await world.person(owner);
      mac.setBehaviour(asleep);
      const stored = store(enrolled);
      await until(
        () => someone.device(device.id),
        ({ attempt }) => attempt !== null,
      );
      await mac.enroll(await someone.enrollmentProfile());
      expect(await stored).toMatchObject({ state: 'failed', reason: 're-enrolled' });
      mac.setBehaviour(answers);
      await mac.wake();
      await until(
        () => statesOf(enrolled, 'InstallProfile'),
        (states) => states.length === 2 && states.every((state) => state === 'acknowledged'),
      );
      expect(await statesOf(enrolled, 'RotateFileVaultKey')).toEqual([]);
      expect(await store(enrolled)).toMatchObject({ state: 'saved' });
      await expectHeld(enrolled);
    });
  });
}
