import { z } from 'zod';
import { id, listOf, timestamp } from './primitives.ts';

/** Something the person should know, and will find in the portal until they have read it. Never holds a key. */
export const notice = z.object({
  id,
  kind: z.enum([
    'key-viewed',
    'key-rotated',
    'attempt-needs-attention',
    'ownership-changed',
    're-enrolled',
    'file-vault-off',
    'mac-quarantined',
    'mac-reassigned',
    'quarantine-settled',
    'push-certificate-expires',
  ]),
  /** Null for what concerns no single Mac. */
  deviceId: id.nullable(),
  deviceName: z.string().nullable(),
  at: timestamp,
  by: z.string().nullable(),
  reason: z.string().nullable(),
  readAt: timestamp.nullable(),
});
export type Notice = z.infer<typeof notice>;
export const noticeList = listOf(notice);

export const noticeListQuery = z.object({
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
