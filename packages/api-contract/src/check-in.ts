import { z } from 'zod';
import { listOf, timestamp } from './primitives.ts';

/** How a Mac came into contact: Apple's names, `answer` for what it said of a command. */
export const contactKind = z.enum(['Authenticate', 'TokenUpdate', 'CheckOut', 'Idle', 'answer']);
export type ContactKind = z.infer<typeof contactKind>;

/** The contacts of one Mac in one hour. */
export const checkInHour = z.object({
  /** When the hour began, UTC. */
  hour: timestamp,
  lastAt: timestamp,
  contacts: z.array(z.object({ kind: contactKind, count: z.int() })),
});
export const checkInList = listOf(checkInHour);

export const checkInQuery = z.object({
  cursor: timestamp.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
