import { type Permission, permissionsOfRoles, type Role, roles } from '../../kernel/permission.ts';

/** The roles that give this permission. */
export const rolesThatMay = (permission: Permission): readonly Role[] =>
  roles.filter((role) => permissionsOfRoles([role]).has(permission));
