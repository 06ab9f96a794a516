import type { PersonId } from '../../kernel/id.ts';
import type { Note } from '../../kernel/note.ts';
import type { Role } from '../../kernel/permission.ts';
import type { Tx } from '../../platform/db/database.ts';
import { findRoles, grantRole, takeOnce, withdrawGroupRole } from './access.store.ts';

/** Who gets which role by signing in. */
export type RoleRules = {
  /** The e-mail address of the first administrator (`KEYHAVEN_ADMINISTRATOR`), or null. */
  readonly administrator: string | null;
  /** Groups of the identity provider and the role each gives. */
  readonly rolesOfGroups: ReadonlyMap<string, Role>;
};

export type Settled = {
  readonly roles: readonly Role[];
  /** Roles that ended because no group gives them any more. */
  readonly withdrawn: readonly Role[];
  readonly notes: readonly Note[];
};

/**
 * Brings a person's roles to what the sign-in says: roles of groups come and go with the groups, the first
 * administrator is taken once in the life of the installation, roles that a person gave stay.
 */
export async function settleRoles(
  tx: Tx,
  person: PersonId,
  said: { readonly groupRoles: ReadonlySet<Role>; readonly isNamedAdministrator: boolean },
  now: Date,
): Promise<Settled> {
  const notes: Note[] = [];
  const withdrawn: Role[] = [];
  const held = await findRoles(tx, person);
  const roles = new Set(held.map(({ role }) => role));
  for (const { role, grantedBy } of held) {
    if (grantedBy !== null || said.groupRoles.has(role)) continue;
    await withdrawGroupRole(tx, person, role);
    roles.delete(role);
    withdrawn.push(role);
  }
  for (const role of said.groupRoles) {
    if (roles.has(role)) continue;
    await grantRole(tx, { person, role, by: null, at: now });
    roles.add(role);
    notes.push({ action: 'role.granted', detail: { role, by: 'group' } });
  }
  if (said.isNamedAdministrator && (await takeOnce(tx, 'first-administrator', person, now))) {
    // Granted by the person themself, so that no group takes it back.
    await grantRole(tx, { person, role: 'administrator', by: person, at: now });
    roles.add('administrator');
    notes.push({ action: 'installation.first-administrator', detail: { person } });
  }
  return { roles: [...roles], withdrawn, notes };
}

/** The roles that these groups give. */
export const rolesOfGroups = (groups: readonly string[], rules: RoleRules): ReadonlySet<Role> =>
  new Set(groups.flatMap((group) => rules.rolesOfGroups.get(group) ?? []));
