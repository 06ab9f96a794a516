import { type CustomTypesConfig, types } from 'pg';

const INT8 = 20;
const DATE = 1082;

/** An int8 outside ±(2^53 − 1); holds no value. */
export class UnsafeInteger extends Error {
  override readonly name = 'UnsafeInteger';
  constructor() {
    super('an int8 from the database does not fit a JavaScript number');
  }
}

/**
 * An int8 as a number. Our int8 are sequences and counters, far below 2^53; one that is not is a fault
 * and never a rounded value. Throws UnsafeInteger.
 */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new UnsafeInteger();
  return value;
}

function identity(text: string): string {
  return text;
}

/**
 * How values arrive: timestamptz as Date, bytea as Buffer, json as parsed, int8 as number (checked),
 * date as `YYYY-MM-DD` text (it has no time zone to make a Date of), numeric as text.
 */
export const valueParsers: CustomTypesConfig = {
  // The overloads of getTypeParser differ by format only; ours answer for the text format, which is what
  // pg asks for.
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === INT8) return parseInt8;
      if (oid === DATE) return identity;
    }
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- pg types it as its own list of oids
    return types.getTypeParser(oid, 'text');
  },
};
