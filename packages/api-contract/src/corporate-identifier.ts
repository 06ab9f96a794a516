import { z } from 'zod';
import { listOf, timestamp } from './primitives.ts';

/** Apple's serial numbers: capitals and digits. Case and spaces around it do not matter on input. */
export const serialNumber = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9]{8,20}$/u);

/** A Mac that enrolls with one of these serial numbers is company-owned from the start. */
export const corporateIdentifier = z.object({
  serialNumber: z.string(),
  addedAt: timestamp,
  addedBy: z.string().nullable(),
});
export type CorporateIdentifier = z.infer<typeof corporateIdentifier>;
export const corporateIdentifierList = listOf(corporateIdentifier);

export const corporateIdentifierQuery = z.object({
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const serialNumbersBody = z.strictObject({ serialNumbers: z.array(serialNumber).min(1).max(2000) });

/** How many of the serial numbers made a difference. */
export const identifiersChanged = z.object({ changed: z.int() });
