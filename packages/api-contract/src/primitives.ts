import { z } from 'zod';

/** An instant, RFC 3339 in UTC. */
export const timestamp = z.iso.datetime();

/** An opaque id. Today a UUID; callers must not read anything into it. */
export const id = z.uuid();

/** A list: `next` is the cursor of the next page, or null on the last. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
