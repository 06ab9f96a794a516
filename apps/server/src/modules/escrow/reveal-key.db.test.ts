import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { type ReleaseId, randomIds } from '../../kernel/id.ts';
import { runVerb, runWrite } from '../../kernel/verb.ts';
import { transaction } from '../../platform/db/database.ts';
import { textToShow } from '../../vault/shown-key.ts';
import { endSession } from '../access/access.store.ts';
import { changeOwnership } from '../devices/change-ownership.ts';
import { tellOwnershipChanged } from '../notices/notices.ts';
import { escrowQuestions } from './escrow-questions.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, type Person } from './escrow-world.fixture.ts';
import { PaperMac } from './paper-mac.fixture.ts';
import { revealKey } from './reveal-key.ts';

let world: EscrowWorld;
let ask: ReturnType<typeof escrowQuestions>;
let emma: Person;
let hugo: Person;
let ada: Person;
const why = 'Locked out, on the phone';
beforeAll(async () => {
  world = await escrowWorld(12);
  ask = escrowQuestions(world);
  emma = await world.person('Emma');
  hugo = await world.person('Hugo', 'help-desk');
  ada = await world.person('Ada', 'administrator');
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

/** What `revealKey` leaves behind when the process dies between its write and its opening. */
async function grantOnly(who: Person, mac: Mac): Promise<ReleaseId> {
  const actor = await who.actor();
  const input = { device: mac.device, reason: why, version: null };
  const verb = revealKey(world.escrow);
  const prepared = await verb.prepare({ ports: world.escrow, actor, input, ids: randomIds });
  if (!prepared.ok) throw new Error(prepared.refusal.kind);
  const granted = await runWrite(world.runner, actor, (context) =>
    verb.write({ ...context, actor, input, prepared: prepared.value }),
  );
  if (!granted.ok) throw new Error(granted.refusal.kind);
  return granted.value.release;
}

const switchTo = async (mac: Mac, ownership: 'corporate' | 'personal') => {
  const verb = changeOwnership(tellOwnershipChanged(randomIds));
  const { device } = mac;
  const changed = await runVerb(world.runner, world, verb, await ada.actor(), { device, ownership });
  expect(changed.ok).toBe(true);
};

describe('a key is shown', () => {
  it('to its owner, without a reason, whatever the ownership of the Mac', async () => {
    for (const ownership of ['personal', 'corporate'] as const) {
      const mac = await world.mac(emma, { ownership });
      const key = await world.giveKey(mac, 'current');
      expect(await ask.reveal(emma, mac)).toBe(key);
    }
  });

  it('the current one first, then what the Mac said last, then what was typed, and any by its number', async () => {
    const mac = await world.mac(emma);
    const keys = [];
    for (const state of ['superseded', 'candidate', 'unproven', 'unproven'] as const)
      keys.push(await world.giveKey(mac, state));
    expect(await ask.reveal(emma, mac)).toBe(keys[3]);
    keys.push(await world.giveKey(mac, 'current'), await world.giveKey(mac, 'unproven'));
    expect(await ask.reveal(emma, mac)).toBe(keys[4]);
    for (const [index, key] of keys.entries()) expect(await ask.reveal(emma, mac, null, index + 1)).toBe(key);
    expect(await ask.reveal(emma, mac, null, 7)).toBe('no-recovery-key');
  });

  it('to IT for a company Mac, with a reason of 8 to 500 characters', async () => {
    const mac = await world.mac(emma, { ownership: 'corporate' });
    const key = await world.giveKey(mac, 'current');
    expect(await ask.reveal(hugo, mac, why)).toBe(key);
    for (const reason of [null, '', 'short', '        ', '  short  ', 'x'.repeat(501)])
      expect(await ask.reveal(hugo, mac, reason)).toBe('reason-required');
    expect(await ask.reveal(hugo, mac, 'x'.repeat(500))).toBe(key);
  });

  it('within five minutes of a sign-in, and not when nobody knows when that was', async () => {
    const mac = await world.mac(emma);
    const key = await world.giveKey(mac, 'current');
    expect(await ask.reveal(await world.signIn(emma, minutes(5) - 5000), mac)).toBe(key);
    for (const age of [minutes(5) + 1000, hours(1), null])
      expect(await ask.reveal(await world.signIn(emma, age), mac)).toBe('fresh-sign-in-required');
  });

  it('to nobody else', async () => {
    const mac = await world.mac(emma, { ownership: 'corporate' });
    await world.giveKey(mac, 'current');
    expect(await ask.reveal(await world.person('Noah'), mac, why)).toBe('not-found');
    for (const role of ['auditor', 'read-only'] as const)
      expect(await ask.reveal(await world.person(role, role), mac, why)).toBe('forbidden');
  });

  it('of a Mac in quarantine to nobody', async () => {
    const owned = await world.mac(await world.person('Noah'), { ownership: 'corporate' });
    const claimed = await world.mac(emma, { udid: owned.udid, ownership: 'corporate' });
    await world.giveKey(claimed, 'current');
    expect(await ask.reveal(emma, claimed, why)).toBe('not-found');
    expect(await ask.reveal(ada, claimed, why)).toBe('forbidden');
  });

  it('sixty times a person and hour', async () => {
    const slow = await escrowWorld();
    const asking = escrowQuestions(slow);
    const owner = await slow.person('Emma');
    const mac = await slow.mac(owner);
    const key = await slow.giveKey(mac, 'current');
    for (let count = 0; count < 60; count += 1) expect(await asking.reveal(owner, mac)).toBe(key);
    expect(await asking.reveal(owner, mac)).toBe('too-many-requests');
    slow.clock.advance(minutes(40));
    expect(await asking.reveal(await slow.signIn(owner, 0), mac)).toBe('too-many-requests');
    const later = await slow.signIn(owner, 0);
    slow.clock.advance(minutes(21));
    expect(await asking.reveal(await slow.signIn(later, 0), mac)).toBe(key);
    await slow.close();
  });

  it('no more than sixty times when all are asked at once', async () => {
    const owner = await world.person('Max');
    const macs = await Promise.all([world.mac(owner), world.mac(owner), world.mac(owner)]);
    for (const mac of macs) await world.giveKey(mac, 'current');
    const asked = macs.flatMap((mac) => Array.from({ length: 30 }, () => ask.reveal(owner, mac)));
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === 'too-many-requests')).toHaveLength(30);
  });
});

describe('the key of a personal Mac', () => {
  it('is never shown to IT, whatever the role, the reason and the version', async () => {
    const mac = await world.mac(emma);
    await world.giveKey(mac, 'superseded');
    await world.giveKey(mac, 'current');
    for (const staff of [hugo, ada])
      for (const version of [null, 1, 2])
        expect(await ask.reveal(staff, mac, why, version)).toBe('personal-device');
  });

  it('made in an attempt begun while personal stays closed when IT switches the Mac on the way', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    await ask.store(emma, mac, paper.key);
    await switchTo(mac, 'corporate');
    await paper.poll();
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
    for (const version of [null, 1, 2])
      expect(await ask.reveal(ada, mac, why, version)).toBe('personal-device');

    await ask.rotate(ada, mac, why);
    await paper.poll();
    expect(await ask.reveal(ada, mac, why)).toBe(paper.key);
    for (const version of [1, 2]) expect(await ask.reveal(ada, mac, why, version)).toBe('personal-device');
  });

  it('from the escrow copy stays closed after a switch, until a key was made since', async () => {
    const mac = await world.mac(emma);
    const paper = new PaperMac(world, mac);
    await paper.poll();
    await switchTo(mac, 'corporate');
    paper.copy = paper.key;
    await sql`insert into commands (id, enrollment_id, device_id, kind, intent, state, created_at)
      values (gen_random_uuid(), ${mac.enrollment}, ${mac.device}, 'SecurityInfo', '{}', 'queued', now())`.execute(
      world.database,
    );
    await paper.poll();
    expect(await ask.versions(mac)).toEqual(['1 unproven']);
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
    expect(await ask.reveal(ada, mac, why)).toBe('personal-device');
  });

  it('is not opened by the vault either, when a release for IT is forged into the database', async () => {
    const mac = await world.mac(emma);
    await world.giveKey(mac, 'current');
    const note = randomIds.next<'audit-note'>();
    const release = randomIds.next<'release'>();
    const { person, session } = await ada.actor();
    await transaction(world.database, async (tx) => {
      await sql`insert into key_releases (id, audit_note_id, purpose, device_id, key_version_id, person_id, session_id,
          created_at)
        select ${release}, ${note}, 'reveal', device_id, id, ${person}, ${session}, now() from key_versions
        where device_id = ${mac.device}`.execute(tx);
      await sql`insert into audit_notes (id, at, actor_kind, actor_name, action, device_id, detail)
        values (${note}, now(), 'person', 'Ada', 'recovery-key.revealed', ${mac.device}, '{}')`.execute(tx);
    });
    expect(await world.vault.reveal(release)).toEqual({ ok: false, why: 'not-permitted' });
  });
});

describe('a release', () => {
  it('is honoured once, however many ask at the same time', async () => {
    const mac = await world.mac(emma);
    const key = await world.giveKey(mac, 'current');
    const release = await grantOnly(emma, mac);
    const answers = await Promise.all(Array.from({ length: 100 }, () => world.vault.reveal(release)));
    const keys = answers.flatMap((answer) => (answer.ok ? [textToShow(answer.key)] : []));
    expect(keys).toEqual([key]);
    expect(answers.flatMap((answer) => (answer.ok ? [] : [answer.why]))).toEqual(
      Array(99).fill('not-granted'),
    );
  });

  it('is on record before the key is opened, and stays there when the process dies in between', async () => {
    const mac = await world.mac(emma, { ownership: 'corporate' });
    await world.giveKey(mac, 'current');
    await grantOnly(hugo, mac);
    expect(await ask.notes(mac)).toEqual(['recovery-key.revealed']);
    expect(await ask.releases(mac)).toEqual({ granted: 1, used: 0 });
    const { rows } = await sql<{ told: number }>`
      select count(*) as told from notices where device_id = ${mac.device}`.execute(world.database);
    expect(rows[0]?.told).toBe(1);
  });

  it('is not honoured without its committed note', async () => {
    const mac = await world.mac(emma);
    await world.giveKey(mac, 'current');
    const { person, session } = await emma.actor();
    const forge = (note: string) =>
      transaction(world.database, async (tx) => {
        const release = randomIds.next<'release'>();
        await sql`insert into key_releases (id, audit_note_id, purpose, device_id, key_version_id, person_id,
            session_id, created_at)
          select ${release}, ${note}, 'reveal', device_id, id, ${person}, ${session}, now() from key_versions
          where device_id = ${mac.device}`.execute(tx);
        return release;
      });
    await expect(forge(crypto.randomUUID())).rejects.toThrow('key_releases_audit_note_id_fkey');
    // A note of something else, or about another Mac, grants nothing.
    for (const [action, device] of [
      ['device.renamed', mac.device],
      ['recovery-key.revealed', (await world.mac(emma)).device],
    ]) {
      const note = crypto.randomUUID();
      await sql`insert into audit_notes (id, at, actor_kind, actor_name, action, device_id, detail)
        values (${note}, now(), 'person', 'Emma', ${action}, ${device}, '{}')`.execute(world.database);
      expect(await world.vault.reveal(await forge(note))).toEqual({ ok: false, why: 'not-granted' });
    }
    await expect(world.vault.reveal(randomIds.next())).resolves.toEqual({ ok: false, why: 'not-granted' });
  });

  it('is void when the session is over, when it is not fresh any more, and when the role is gone', async () => {
    const mac = await world.mac(emma, { ownership: 'corporate' });
    await world.giveKey(mac, 'current');
    const leaving = await world.signIn(emma, 0);
    const first = await grantOnly(leaving, mac);
    const { session } = await leaving.actor();
    await transaction(world.database, (tx) => endSession(tx, session, world.clock.now()));
    expect(await world.vault.reveal(first)).toEqual({ ok: false, why: 'not-permitted' });

    const dismissed = await world.person('Ivo', 'help-desk');
    const second = await grantOnly(dismissed, mac);
    const { person } = await dismissed.actor();
    await sql`delete from role_assignments where person_id = ${person}`.execute(world.database);
    expect(await world.vault.reveal(second)).toEqual({ ok: false, why: 'not-permitted' });

    const stale = await grantOnly(emma, mac);
    const { session: old } = await emma.actor();
    await sql`update sessions set authenticated_at = now() - interval '6 minutes' where id = ${old}`.execute(
      world.database,
    );
    expect(await world.vault.reveal(stale)).toEqual({ ok: false, why: 'not-fresh' });
    await sql`update sessions set authenticated_at = now() where id = ${old}`.execute(world.database);
    expect(await world.vault.reveal(stale)).toEqual({ ok: false, why: 'not-granted' });
  });

  it('for a reveal renders no rotation, and the other way round', async () => {
    const mac = await world.mac(emma);
    await world.giveKey(mac, 'current');
    const release = await grantOnly(emma, mac);
    const command = randomIds.next<'command'>();
    expect(await world.vault.renderRotation({ release, command })).toEqual({ ok: false, why: 'not-granted' });
  });
});
