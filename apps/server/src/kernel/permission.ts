import { type Permission, permissions } from '@keyhaven/api-contract/person';

export type { Permission };

/** The built-in roles (product.md I7). */
export const roles = ['administrator', 'help-desk', 'auditor', 'read-only'] as const;
export type Role = (typeof roles)[number];

const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: permissions,
  'help-desk': ['device:read', 'recovery-key:reveal', 'recovery-key:rotate'],
  auditor: ['device:read', 'audit:read', 'policy:read'],
  'read-only': ['device:read', 'policy:read'],
};

/** What somebody with these roles may do. */
export const permissionsOfRoles = (held: readonly Role[]): ReadonlySet<Permission> =>
  new Set(held.flatMap((role) => permissionsOf[role]));
