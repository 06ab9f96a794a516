import { z } from 'zod';
import { id } from './primitives.ts';

export const permissions = [
  'device:read',
  'device:write',
  'recovery-key:reveal',
  'recovery-key:rotate',
  'audit:read',
  'policy:read',
  'policy:write',
  'role:write',
  'settings:write',
] as const;
export const permission = z.enum(permissions);
export type Permission = z.infer<typeof permission>;

export const me = z.object({
  id,
  email: z.string(),
  name: z.string(),
  locale: z.string(),
  permissions: z.array(permission),
});
export type Me = z.infer<typeof me>;
