import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import type { AttemptId } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import { escrowQuestions } from './escrow-questions.fixture.ts';
import { type EscrowWorld, escrowWorld, newKey, type Person } from './escrow-world.fixture.ts';
import { PaperMac } from './paper-mac.fixture.ts';
import { timeOutAttempts } from './while-waiting.ts';

let world: EscrowWorld;
let ask: ReturnType<typeof escrowQuestions>;
let emma: Person;
let hugo: Person;
beforeAll(async () => {
  world = await escrowWorld();
  ask = escrowQuestions(world);
  emma = await world.person('Emma');
  hugo = await world.person('Hugo', 'help-desk');
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const begun = (result: Result<AttemptId, Refusal>): AttemptId => {
  if (!result.ok) throw new Error(result.refusal.kind);
  return result.value;
};
const refusal = (result: Result<AttemptId | null, Refusal>): Refusal | null =>
  result.ok ? null : result.refusal;

describe('a stored key', () => {
  it('4.5-2 counts as saved when the Mac has rotated with it, and the new key is the one that is kept', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    const typed = paper.key;
    const id = begun(await ask.store(emma, mac, typed.toLowerCase().replaceAll('-', ' ')));
    expect(world.woken).toContain(mac.enrollment);
    expect(await ask.versions(mac)).toEqual(['1 candidate']);
    await paper.poll();
    expect(paper.toldKeys).toEqual([typed]);
    expect(paper.key).not.toBe(typed);
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'saved', reason: null });
    expect(await ask.versions(mac)).toEqual(['2 current', '1 superseded']);
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
    expect(await ask.reveal(emma, mac, null, 1)).toBe(typed);
    expect(await ask.notes(mac)).toEqual([
      'recovery-key.typed',
      'recovery-key.sent-to-mac',
      'recovery-key.saved',
      'recovery-key.revealed',
      'recovery-key.revealed',
    ]);
  });

  it('that the Mac refuses is wiped, and told apart as the wrong key', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    const id = begun(await ask.store(emma, mac, newKey()));
    expect(await ask.bytesHeld(mac)).toBe(1);
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'failed', reason: 'wrong-key' });
    expect((await ask.attempt(mac, id)).deviceWords).toContain('Unable to rotate');
    expect(await ask.versions(mac)).toEqual(['1 rejected']);
    expect(await ask.bytesHeld(mac)).toBe(0);
    expect(await ask.reveal(emma, mac)).toBe('no-recovery-key');
  });

  it('waits through a NotNow and is tried again', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    paper.onRotation = 'put-off';
    const id = begun(await ask.store(emma, mac, paper.key));
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'waiting' });
    paper.onRotation = 'rotate';
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'saved' });
    expect(new Set(paper.toldKeys).size).toBe(1);
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
  });

  it('4.4-3 4.5-5 is saved from the escrow copy when the Mac’s answer is lost', async () => {
    for (const loss of ['lose', 'mute', 'garble'] as const) {
      const mac = await world.mac(emma);
      const paper = new PaperMac(world, mac);
      paper.onRotation = loss;
      const id = begun(await ask.store(emma, mac, paper.key));
      await paper.poll();
      if (loss === 'lose') await paper.poll();
      expect(await ask.attempt(mac, id)).toMatchObject({ state: 'saved' });
      expect(await ask.reveal(emma, mac)).toBe(paper.key);
    }
  });

  it('4.3-5 4.5-5 whose delivery is lost is delivered once more, and saved', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    paper.onRotation = 'vanish';
    const id = begun(await ask.store(emma, mac, paper.key));
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'rotating' });
    expect(refusal(await ask.store(emma, mac, newKey()))).toEqual({ kind: 'attempt-in-progress' });
    paper.onRotation = 'rotate';
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'saved' });
    expect(paper.toldKeys).toHaveLength(2);
    expect(await ask.releases(mac)).toEqual({ granted: 2, used: 2 });
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
  });

  it('that is refused on its second delivery proves nothing: kept, IT and the owner told, a new store takes over', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    const typed = paper.key;
    paper.onRotation = 'vanish';
    const id = begun(await ask.store(emma, mac, typed));
    await paper.poll();
    paper.key = newKey();
    paper.onRotation = 'rotate';
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'stuck' });
    const { rows } = await sql<{ person: string }>`
      select person_id as person from notices
      where device_id = ${mac.device} and kind = 'attempt-needs-attention'`.execute(world.database);
    const told = rows.map(({ person }) => person);
    for (const who of [emma, hugo]) {
      const { person } = await who.actor();
      expect(told.filter((each) => each === person)).toEqual([person]);
    }
    expect(await ask.versions(mac)).toEqual(['1 candidate']);
    expect(await ask.bytesHeld(mac)).toBe(1);
    const next = begun(await ask.store(emma, mac, paper.key));
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'failed', reason: 'superseded' });
    expect(await ask.attempt(mac, next)).toMatchObject({ state: 'saved' });
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
    expect(await ask.reveal(emma, mac, null, 1)).toBe(typed);
  });

  it('gives way to a newer store while the Mac has not had it, and is wiped', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    const first = begun(await ask.store(emma, mac, newKey()));
    const second = begun(await ask.store(emma, mac, paper.key));
    expect(await ask.attempt(mac, first)).toMatchObject({ state: 'failed', reason: 'superseded' });
    expect(await ask.versions(mac)).toEqual(['2 candidate', '1 rejected']);
    expect(await ask.bytesHeld(mac)).toBe(1);
    await paper.poll();
    expect(await ask.attempt(mac, second)).toMatchObject({ state: 'saved' });
    expect(paper.toldKeys).toHaveLength(1);
  });

  it('can be taken back while the Mac has not had it, and is wiped; never afterwards', async () => {
    const mac = await world.mac(emma);
    const first = begun(await ask.store(emma, mac, newKey()));
    expect(await ask.cancel(emma, mac, first)).toEqual({ ok: true, value: null });
    expect(await ask.attempt(mac, first)).toMatchObject({ state: 'failed', reason: 'cancelled' });
    expect(await ask.bytesHeld(mac)).toBe(0);
    expect(refusal(await ask.cancel(emma, mac, first))).toEqual({ kind: 'already-delivered' });
    const paper = new PaperMac(world, mac);
    await paper.poll();
    expect(paper.toldKeys).toEqual([]);
    paper.onRotation = 'vanish';
    const second = begun(await ask.store(emma, mac, paper.key));
    await paper.poll();
    expect(refusal(await ask.cancel(emma, mac, second))).toEqual({ kind: 'already-delivered' });
  });

  it('4.5-7 for a Mac that cannot rotate fails at once with the cause, and is wiped', async () => {
    for (const [options, reason] of [
      [{ encrypted: false }, 'not-encrypted'],
      [{ profile: false }, 'policy-missing'],
    ] as const) {
      const mac = await world.mac(emma, options);
      const id = begun(await ask.store(emma, mac, newKey()));
      expect(await ask.attempt(mac, id)).toMatchObject({ state: 'failed', reason });
      expect(await ask.bytesHeld(mac)).toBe(0);
    }
  });

  it('that no Mac came for in a day has failed, and is wiped', async () => {
    const slow = await escrowWorld();
    const asking = escrowQuestions(slow);
    const owner = await slow.person('Emma');
    const mac = await slow.mac(owner);
    const id = begun(await asking.store(owner, mac, newKey()));
    slow.clock.advance(hours(24) - minutes(1));
    await timeOutAttempts(slow.escrow);
    expect(await asking.attempt(mac, id)).toMatchObject({ state: 'waiting' });
    slow.clock.advance(minutes(2));
    await timeOutAttempts(slow.escrow);
    expect(await asking.attempt(mac, id)).toMatchObject({ state: 'failed', reason: 'device-unreachable' });
    expect(await asking.bytesHeld(mac)).toBe(0);
    await slow.close();
  });
});

describe('what is typed', () => {
  it('5.5-3 is refused by its form or where the two differ, on record, and never repeated', async () => {
    const mac = await world.mac(emma);
    const key = newKey();
    const wide = key.replace(/^./, '\uff21');
    for (const bad of [
      '',
      key.slice(1),
      `${key}2`,
      wide,
      key.replace('-', '0'),
      'ß'.repeat(24),
      'A'.repeat(60_000),
    ]) {
      const answer = await ask.store(emma, mac, bad, bad);
      expect(refusal(answer)).toEqual({ kind: 'malformed-recovery-key', field: 'recoveryKey' });
    }
    expect(refusal(await ask.store(emma, mac, key, newKey()))).toEqual({ kind: 'keys-must-match' });
    expect(refusal(await ask.store(emma, mac, key, `${key}X`))).toEqual({ kind: 'keys-must-match' });
    expect(await ask.versions(mac)).toEqual([]);
    expect(new Set(await ask.notes(mac))).toEqual(new Set(['recovery-key.store-refused']));
  });

  it('only the owner stores', async () => {
    const mac = await world.mac(emma, { ownership: 'corporate' });
    const admin = await world.person('Ada', 'administrator');
    expect(refusal(await ask.store(hugo, mac, newKey()))).toEqual({ kind: 'forbidden' });
    expect(refusal(await ask.store(admin, mac, newKey()))).toEqual({ kind: 'forbidden' });
    expect(refusal(await ask.store(await world.person('Noah'), mac, newKey()))).toEqual({
      kind: 'not-found',
    });
  });

  it('is taken twenty times a Mac and hour, and again when the hour is over', async () => {
    const slow = await escrowWorld();
    const asking = escrowQuestions(slow);
    const owner = await slow.person('Emma');
    const mac = await slow.mac(owner);
    const other = await slow.mac(owner);
    for (let count = 0; count < 20; count += 1) begun(await asking.store(owner, mac, newKey()));
    const told = refusal(await asking.store(owner, mac, newKey()));
    expect(told?.kind).toBe('too-many-requests');
    const wait = told?.kind === 'too-many-requests' ? told.retryAfterSeconds : 0;
    expect(wait).toBeGreaterThan(3500);
    expect(wait).toBeLessThanOrEqual(3600);
    begun(await asking.store(owner, other, newKey()));
    // Meanwhile in use, so that the session stands.
    slow.clock.advance(minutes(40));
    const later = await slow.signIn(owner, 0);
    expect(refusal(await asking.store(later, mac, newKey()))?.kind).toBe('too-many-requests');
    slow.clock.advance(minutes(21));
    begun(await asking.store(later, mac, newKey()));
    await slow.close();
  });

  it('in two windows at the same time leaves one attempt and one candidate', async () => {
    for (let round = 0; round < 10; round += 1) {
      const mac = await world.mac(emma);
      const results = await Promise.all([ask.store(emma, mac, newKey()), ask.store(emma, mac, newKey())]);
      const attempts = await Promise.all(results.map((result) => ask.attempt(mac, begun(result))));
      expect(attempts.map(({ state }) => state).toSorted()).toEqual(['failed', 'waiting']);
      expect((await ask.versions(mac)).map((version) => version.slice(2)).toSorted()).toEqual([
        'candidate',
        'rejected',
      ]);
      expect(await ask.bytesHeld(mac)).toBe(1);
    }
  });
});
