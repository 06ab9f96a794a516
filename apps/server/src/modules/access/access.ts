import type { PersonActor } from '../../kernel/actor.ts';
import type { PersonId } from '../../kernel/id.ts';
import { permissionsOfRoles } from '../../kernel/permission.ts';
import type { Database } from '../../platform/db/database.ts';
import { findPerson, findSession, type PersonRow, touchSession } from './access.store.ts';
import { isFreshAt } from './presence.ts';
import { hashOfToken, isAlive, isTouchDue } from './session.ts';

/**
 * Who holds this session token now, or null: unknown, ended, expired, idle for an hour, or no token at all. Roles are
 * read anew every time, so a change of them works at once. Throws when the database does not answer.
 */
export async function resolveSession(
  database: Database,
  cookieToken: string | undefined,
  now: Date,
  onTouchFailed: (error: unknown) => void = () => {},
): Promise<PersonActor | null> {
  const tokenHash = cookieToken === undefined ? null : hashOfToken(cookieToken);
  if (tokenHash === null) return null;
  const row = await findSession(database, tokenHash);
  if (row === null || !isAlive(row, row.roles, now)) return null;
  // Bookkeeping beside the request: nobody waits for it, and losing it ends a session early at worst.
  if (isTouchDue(row, now)) touchSession(database, row.session, now).catch(onTouchFailed);
  return {
    kind: 'person',
    person: row.person,
    session: row.session,
    name: row.name,
    email: row.email,
    permissions: permissionsOfRoles(row.roles),
    authenticatedAt: row.authenticatedAt,
  };
}

/** Whether this person proved who they are within the last five minutes. */
export const isFresh = (actor: PersonActor, now: Date): boolean => isFreshAt(actor.authenticatedAt, now);

/** A person's name, e-mail and language for showing; null where there is no such person. */
export const findPersonById = (database: Database, person: PersonId): Promise<PersonRow | null> =>
  findPerson(database, person);
