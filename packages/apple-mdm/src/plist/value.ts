/**
 * One value of a property list. `<integer>` reads as bigint and `<real>` as number; when written, a bigint or an
 * integral number is an `<integer>` and any other number a `<real>`. `<data>` reads as Buffer, `<date>` as Date.
 */
export type PlistValue =
  | string
  | bigint
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly PlistValue[]
  | PlistDict;

/** A `<dict>`. Those that were read have no prototype, so that a key `__proto__` is a key like any other. */
export interface PlistDict {
  readonly [key: string]: PlistValue;
}

export function isPlistArray(value: PlistValue | undefined): value is readonly PlistValue[] {
  return Array.isArray(value);
}

export function isPlistDict(value: PlistValue | undefined): value is PlistDict {
  if (typeof value !== 'object' || value === null) return false;
  return !(Array.isArray(value) || value instanceof Date || value instanceof Uint8Array);
}
