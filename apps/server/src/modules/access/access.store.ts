import { sql } from 'kysely';
import type { PersonId, SessionId } from '../../kernel/id.ts';
import type { Role } from '../../kernel/permission.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { PersonClaims } from './person-claims.ts';

export type SessionRow = {
  readonly session: SessionId;
  readonly person: PersonId;
  readonly name: string;
  readonly email: string;
  readonly authenticatedAt: Date | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly roles: readonly Role[];
};

const sessionByToken = prepared(
  'find-session-by-token',
  `select s.id as session, p.id as person, p.name, p.email, s.authenticated_at as "authenticatedAt",
     s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
     s.ended_at as "endedAt",
     array(select r.role from role_assignments r where r.person_id = p.id) as roles
   from sessions s join people p on p.id = s.person_id
   where s.token_hash = $1`,
);

/** The session of a token with its person, ended and expired ones too. */
export async function findSession(database: Database | Tx, tokenHash: Buffer): Promise<SessionRow | null> {
  const rows = await namedQuery<SessionRow>(database, sessionByToken, [tokenHash]);
  return rows[0] ?? null;
}

/** Notes that a session is in use. Never moves back. */
export async function touchSession(database: Database, session: SessionId, now: Date): Promise<void> {
  await sql`update sessions set last_seen_at = ${now}
    where id = ${session} and last_seen_at < ${now} and ended_at is null`.execute(database);
}

export type PersonRow = {
  readonly id: PersonId;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
};

export async function findPerson(database: Database | Tx, person: PersonId): Promise<PersonRow | null> {
  const { rows } =
    await sql<PersonRow>`select id, email, name, locale from people where id = ${person}`.execute(database);
  return rows[0] ?? null;
}

export async function findPersonBySubject(
  database: Database,
  issuer: string,
  subject: string,
): Promise<PersonId | null> {
  const { rows } = await sql<{ readonly id: PersonId }>`
    select id from people where issuer = ${issuer} and subject = ${subject}`.execute(database);
  return rows[0]?.id ?? null;
}

/**
 * The person of this issuer and subject, made with `id` or brought up to date; locked to the end of the transaction,
 * so that one person's sign-ins follow one another. Returns the id they really have.
 */
export async function savePerson(tx: Tx, id: PersonId, person: PersonClaims, now: Date): Promise<PersonId> {
  const { rows } = await sql<{ readonly id: PersonId }>`
    insert into people
      (id, issuer, subject, email, email_verified, name, locale, created_at, last_signed_in_at)
    values (${id}, ${person.issuer}, ${person.subject}, ${person.email}, ${person.emailVerified}, ${person.name},
      coalesce(${person.locale}::text, 'en'), ${now}, ${now})
    on conflict (issuer, subject) do update set
      email = excluded.email, email_verified = excluded.email_verified, name = excluded.name,
      locale = coalesce(${person.locale}::text, people.locale), last_signed_in_at = excluded.last_signed_in_at
    returning id`.execute(tx);
  const saved = rows[0];
  if (saved === undefined) throw new Error('saving a person gave no row');
  return saved.id;
}

/** When the `count`-th newest session of this person since `since` began; null where there are fewer. */
export async function findNthSessionSince(
  tx: Tx,
  person: PersonId,
  since: Date,
  count: number,
): Promise<Date | null> {
  const { rows } = await sql<{ readonly createdAt: Date }>`
    select created_at as "createdAt" from sessions
    where person_id = ${person} and created_at > ${since}
    order by created_at desc offset ${count - 1} limit 1`.execute(tx);
  return rows[0]?.createdAt ?? null;
}

export async function insertSession(
  tx: Tx,
  session: {
    readonly id: SessionId;
    readonly tokenHash: Buffer;
    readonly person: PersonId;
    readonly authenticatedAt: Date | null;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await sql`insert into sessions
    (id, token_hash, person_id, authenticated_at, created_at, last_seen_at, expires_at)
    values (${session.id}, ${session.tokenHash}, ${session.person}, ${session.authenticatedAt},
      ${session.createdAt}, ${session.createdAt}, ${session.expiresAt})`.execute(tx);
}

/** Ends a session for good. False where it had ended before. */
export async function endSession(tx: Tx, session: SessionId, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update sessions set ended_at = ${now} where id = ${session} and ended_at is null returning id`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Ends the session of a token, whoever's it is. Returns its id, or null where there was none to end. */
export async function endSessionOfToken(tx: Tx, tokenHash: Buffer, now: Date): Promise<SessionId | null> {
  const { rows } = await sql<{ readonly id: SessionId }>`
    update sessions set ended_at = ${now}
    where token_hash = ${tokenHash} and ended_at is null returning id`.execute(tx);
  return rows[0]?.id ?? null;
}

/** Takes a fact that can be taken once. False where it was taken before, by anybody. */
export async function takeOnce(tx: Tx, key: string, value: string, now: Date): Promise<boolean> {
  const { rows } = await sql`insert into installation (key, value, created_at)
    values (${key}, ${value}, ${now}) on conflict (key) do nothing returning key`.execute(tx);
  return rows.length > 0;
}

/** A role with who gave it; null: a group of the identity provider, for as long as it says so. */
export type HeldRole = { readonly role: Role; readonly grantedBy: PersonId | null };

export async function findRoles(tx: Tx, person: PersonId): Promise<readonly HeldRole[]> {
  const { rows } = await sql<HeldRole>`
    select role, granted_by as "grantedBy" from role_assignments where person_id = ${person}`.execute(tx);
  return rows;
}

export async function grantRole(
  tx: Tx,
  grant: { readonly person: PersonId; readonly role: Role; readonly by: PersonId | null; readonly at: Date },
): Promise<void> {
  await sql`insert into role_assignments (person_id, role, granted_at, granted_by)
    values (${grant.person}, ${grant.role}, ${grant.at}, ${grant.by})
    on conflict (person_id, role) do update set granted_by = excluded.granted_by`.execute(tx);
}

/** Takes back a role that a group gave; one that a person gave stays. */
export async function withdrawGroupRole(tx: Tx, person: PersonId, role: Role): Promise<void> {
  await sql`delete from role_assignments
    where person_id = ${person} and role = ${role} and granted_by is null`.execute(tx);
}
