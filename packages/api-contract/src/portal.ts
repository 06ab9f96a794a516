import { z } from 'zod';

/** What a page must know before anybody has signed in. */
export const portalInfo = z.object({
  portalName: z.string(),
  organizationName: z.string(),
  evaluation: z.boolean(),
  supportContact: z.object({
    name: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    website: z.string().nullable(),
    note: z.string().nullable(),
  }),
});
export type PortalInfo = z.infer<typeof portalInfo>;
