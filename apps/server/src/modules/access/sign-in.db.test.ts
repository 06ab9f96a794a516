import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes } from '../../kernel/clock.ts';
import type { Role } from '../../kernel/permission.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { isFresh, resolveSession } from './access.ts';
import { runnerOn, type ShiftedClock, shiftedClock } from './access-runner.fixture.ts';
import type { SignInClaims } from './identity-provider.port.ts';
import type { RoleRules } from './settle-roles.ts';
import { type SignedIn, signIn } from './sign-in.ts';

let db: TestDatabase;
let clock: ShiftedClock;
beforeAll(async () => {
  db = await createTestDatabase(10);
  clock = shiftedClock();
});
afterAll(async () => await db.close());

const rules: RoleRules = {
  administrator: 'root@example.com',
  rolesOfGroups: new Map<string, Role>([
    ['it', 'help-desk'],
    ['audit', 'auditor'],
    ['admins', 'administrator'],
  ]),
};
const claims = (subject: string, more: Partial<SignInClaims> = {}): SignInClaims => ({
  issuer: 'https://login.example.com',
  subject,
  email: `${subject}@example.com`,
  emailVerified: true,
  name: subject,
  locale: null,
  authTime: null,
  groups: [],
  ...more,
});
const trySignIn = (who: SignInClaims, more: { previousToken?: string; fresh?: boolean } = {}) =>
  signIn(
    { runner: runnerOn(db.database, clock), database: db.database, rules },
    { claims: who, fresh: more.fresh ?? false, askedAt: clock.now(), previousToken: more.previousToken },
  );
async function signedIn(
  who: SignInClaims,
  more: { previousToken?: string; fresh?: boolean } = {},
): Promise<SignedIn> {
  const result = await trySignIn(who, more);
  if (!result.ok) throw new Error(`refused: ${result.refusal.kind}`);
  return result.value;
}
const actorOf = async ({ token }: SignedIn) => {
  const actor = await resolveSession(db.database, token, clock.now());
  if (actor === null) throw new Error('no session');
  return actor;
};
const permissionsOf = async (who: SignedIn): Promise<number> => (await actorOf(who)).permissions.size;
const notesOf = async (person: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ action: string }>`
    select action from audit_notes where actor_id = ${person} order by at, action`.execute(db.database);
  return rows.map(({ action }) => action);
};

describe('a person', () => {
  it('is the issuer and the subject, never the e-mail', async () => {
    const one = await signedIn(claims('p1', { email: 'same@example.com' }));
    const other = await signedIn(claims('p2', { email: 'same@example.com' }));
    const elsewhere = await signedIn(claims('p1', { issuer: 'https://other.example' }));
    const renamed = await signedIn(claims('p1', { email: 'married@example.com', name: 'New Name' }));
    expect(new Set([one.person, other.person, elsewhere.person]).size).toBe(3);
    expect(renamed.person).toBe(one.person);
    expect(await actorOf(one)).toMatchObject({ email: 'married@example.com', name: 'New Name' });
  });

  it('with letters in another case is another person', async () => {
    const [small, large] = [await signedIn(claims('case')), await signedIn(claims('CASE'))];
    expect(small.person).not.toBe(large.person);
  });

  it('who signs in for the first time in eight places at once is one person', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => signedIn(claims('twin'))));
    expect(new Set(all.map(({ person }) => person)).size).toBe(1);
    expect(new Set(all.map(({ token }) => token)).size).toBe(8);
    const [first] = all;
    expect(await notesOf(first?.person ?? '')).toEqual(Array.from({ length: 8 }, () => 'person.signed-in'));
  });
});

describe('the first administrator', () => {
  it('is taken once, on record, by the verified e-mail alone', async () => {
    const unverified = await signedIn(
      claims('pretender', { email: 'root@example.com', emailVerified: false }),
    );
    expect(await permissionsOf(unverified)).toBe(0);
    const first = await signedIn(claims('root'));
    expect((await actorOf(first)).permissions.has('role:write')).toBe(true);
    expect(await notesOf(first.person)).toEqual(['installation.first-administrator', 'person.signed-in']);
    const second = await signedIn(claims('somebody-else', { email: 'root@example.com' }));
    expect(await permissionsOf(second)).toBe(0);
    const again = await signedIn(claims('root'));
    expect((await actorOf(again)).permissions.has('role:write')).toBe(true);
    expect((await notesOf(first.person)).filter((action) => action.startsWith('installation'))).toHaveLength(
      1,
    );
  });

  it('who lost the role does not get it back by signing in', async () => {
    const root = await signedIn(claims('root'));
    await sql`delete from role_assignments where person_id = ${root.person}`.execute(db.database);
    expect(await permissionsOf(await signedIn(claims('root')))).toBe(0);
  });

  it('is one of two that come at the same moment', async () => {
    const own = await createTestDatabase(10);
    const rivals = ['a', 'b', 'c', 'd'].map((subject) => claims(subject, { email: 'root@example.com' }));
    const context = { runner: runnerOn(own.database, clock), database: own.database, rules };
    await Promise.all(
      rivals.map((rival) =>
        signIn(context, { claims: rival, fresh: false, askedAt: clock.now(), previousToken: undefined }),
      ),
    );
    const { rows } = await sql`select role from role_assignments`.execute(own.database);
    expect(rows).toEqual([{ role: 'administrator' }]);
    await own.close();
  });
});

describe('groups', () => {
  it('give roles, and take back what they gave, at once in every session', async () => {
    const before = await signedIn(claims('g1', { groups: ['it', 'audit', 'unknown'] }));
    expect([...(await actorOf(before)).permissions]).toEqual(
      expect.arrayContaining(['recovery-key:reveal', 'audit:read']),
    );
    await signedIn(claims('g1', { groups: ['audit'] }));
    expect((await actorOf(before)).permissions.has('recovery-key:reveal')).toBe(false);
    expect((await actorOf(before)).permissions.has('audit:read')).toBe(true);
    await signedIn(claims('g1'));
    expect(await permissionsOf(before)).toBe(0);
  });

  it('never take back a role that a person gave', async () => {
    const giver = await signedIn(claims('giver'));
    const given = await signedIn(claims('given'));
    await sql`insert into role_assignments values (${given.person}, 'auditor', now(), ${giver.person})`.execute(
      db.database,
    );
    await signedIn(claims('given', { groups: ['audit'] }));
    const later = await signedIn(claims('given'));
    expect((await actorOf(later)).permissions.has('audit:read')).toBe(true);
  });

  it('named like a property of every object give nothing', async () => {
    const odd = await signedIn(
      claims('odd', { groups: ['constructor', '__proto__', 'toString', 'administrator', ''] }),
    );
    expect(await permissionsOf(odd)).toBe(0);
  });

  it('that make an administrator shorten the session', async () => {
    const admin = await signedIn(claims('g-admin', { groups: ['admins'] }));
    const { rows } = await sql<{ hours: string }>`
      select extract(epoch from expires_at - created_at) / 3600 as hours from sessions
      where person_id = ${admin.person}`.execute(db.database);
    expect(Number(rows[0]?.hours)).toBe(12);
  });
});

describe('freshness', () => {
  it('is the time that the identity provider says, for five minutes', async () => {
    const actor = await actorOf(await signedIn(claims('f1', { authTime: clock.now() }), { fresh: true }));
    expect(isFresh(actor, clock.now())).toBe(true);
    expect(isFresh(actor, new Date(clock.now().getTime() + minutes(5) + 1000))).toBe(false);
  });

  it('is not had by asking: without a time, or with an old one, nothing is fresh', async () => {
    const silent = await actorOf(await signedIn(claims('f2'), { fresh: true }));
    expect([silent.authenticatedAt, isFresh(silent, clock.now())]).toEqual([null, false]);
    const old = new Date(clock.now().getTime() - minutes(2));
    const stale = await actorOf(await signedIn(claims('f2', { authTime: old }), { fresh: true }));
    expect([stale.authenticatedAt, isFresh(stale, clock.now())]).toEqual([null, false]);
  });

  it('belongs to one session and not to the person', async () => {
    const plain = await signedIn(claims('f3'));
    await signedIn(claims('f3', { authTime: clock.now() }), { fresh: true });
    expect(isFresh(await actorOf(plain), clock.now())).toBe(false);
  });

  it('asked for by one and proved by another is the other’s session', async () => {
    const one = await signedIn(claims('f4'));
    const other = await signedIn(claims('f5', { authTime: clock.now() }), {
      fresh: true,
      previousToken: one.token,
    });
    expect((await actorOf(other)).name).toBe('f5');
    expect(await resolveSession(db.database, one.token, clock.now())).toBeNull();
  });
});

describe('sixty sign-ins in ten minutes', () => {
  it('are enough: the 61st is refused with the time to wait, changes nothing, and others are not kept out', async () => {
    let latest = await signedIn(claims('busy'));
    clock.advance(minutes(4));
    for (let count = 2; count <= 60; count += 1) latest = await signedIn(claims('busy'));
    const refusedOne = await trySignIn(claims('busy', { name: 'changed' }), { previousToken: latest.token });
    expect(refusedOne.ok).toBe(false);
    if (refusedOne.ok || refusedOne.refusal.kind !== 'too-many-requests') throw new Error('not refused');
    expect(refusedOne.refusal.retryAfterSeconds).toBeGreaterThan(300);
    expect(refusedOne.refusal.retryAfterSeconds).toBeLessThanOrEqual(360);
    expect(await actorOf(latest)).toMatchObject({ name: 'busy' });
    expect((await trySignIn(claims('calm'))).ok).toBe(true);
    clock.advance(refusedOne.refusal.retryAfterSeconds * 1000);
    expect((await trySignIn(claims('busy'))).ok).toBe(true);
    expect((await trySignIn(claims('busy'))).ok).toBe(false);
  });

  it('hold against sign-ins at the same moment', async () => {
    for (let count = 1; count <= 57; count += 1) await signedIn(claims('burst'));
    const tries = await Promise.all(Array.from({ length: 8 }, () => trySignIn(claims('burst'))));
    expect(tries.filter(({ ok }) => ok)).toHaveLength(3);
  });
});
