import { isPlistArray, isPlistDict, type PlistDict, type PlistValue } from './value.ts';

/** The value as a dict, or undefined when it is anything else. */
export function dictOf(value: PlistValue | undefined): PlistDict | undefined {
  return isPlistDict(value) ? value : undefined;
}

/** The value as a Buffer over the same bytes, or undefined when it is no data. */
export function dataOf(value: PlistValue | undefined): Buffer | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** The member of that name; names of Object's prototype are not members. */
export function valueAt(dict: PlistDict, key: string): PlistValue | undefined {
  return Object.hasOwn(dict, key) ? dict[key] : undefined;
}

// Each of the following answers undefined when the member is absent or of another type.

export function stringAt(dict: PlistDict, key: string): string | undefined {
  const value = valueAt(dict, key);
  return typeof value === 'string' ? value : undefined;
}

export function booleanAt(dict: PlistDict, key: string): boolean | undefined {
  const value = valueAt(dict, key);
  return typeof value === 'boolean' ? value : undefined;
}

export function integerAt(dict: PlistDict, key: string): bigint | undefined {
  const value = valueAt(dict, key);
  return typeof value === 'bigint' ? value : undefined;
}

export function dateAt(dict: PlistDict, key: string): Date | undefined {
  const value = valueAt(dict, key);
  return value instanceof Date ? value : undefined;
}

export function dataAt(dict: PlistDict, key: string): Buffer | undefined {
  return dataOf(valueAt(dict, key));
}

export function dictAt(dict: PlistDict, key: string): PlistDict | undefined {
  return dictOf(valueAt(dict, key));
}

export function arrayAt(dict: PlistDict, key: string): readonly PlistValue[] | undefined {
  const value = valueAt(dict, key);
  return isPlistArray(value) ? value : undefined;
}

/** The dicts of an array, in order; other items are passed over, and no array is an empty one. */
export function dictsAt(dict: PlistDict, key: string): readonly PlistDict[] {
  return (arrayAt(dict, key) ?? []).filter(isPlistDict);
}
