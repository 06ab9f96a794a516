import { z } from 'zod';

/** An instant, RFC 3339 in UTC. */
export const timestamp = z.iso.datetime();

/** An opaque id. Today a UUID; callers must not read anything into it. */
export const id = z.uuid();

/** A list: `next` is the cursor of the next page, or null on the last. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/**
 * Text that a person writes, trimmed and at most this long. No NUL and no half of a surrogate pair, which no database
 * and no Unicode text can hold.
 */
export const words = (longest: number) =>
  z
    .string()
    .trim()
    .max(longest)
    .refine((text) => !/[\0\p{Cs}]/u.test(text), { message: 'Write text.' });
