import { isPlistDict, type PlistArray, type PlistDict, type PlistValue } from './plist.ts';

/** A field of a property list, or null when it is absent or of another type. */
export function textOf(dict: PlistDict, key: string): string | null {
  const value = dict[key];
  return typeof value === 'string' ? value : null;
}

export function numberOf(dict: PlistDict, key: string): number | null {
  const value = dict[key];
  return typeof value === 'bigint' ? Number(value) : null;
}

export function dataOf(dict: PlistDict, key: string): Buffer | null {
  const value = dict[key];
  return Buffer.isBuffer(value) ? value : null;
}

export function dictOf(dict: PlistDict, key: string): PlistDict | null {
  const value = dict[key];
  return isPlistDict(value) ? value : null;
}

export function arrayOf(dict: PlistDict, key: string): PlistArray | null {
  const value: PlistValue | undefined = dict[key];
  // Safe because Array.isArray holds for no other member of PlistValue.
  return Array.isArray(value) ? (value as PlistArray) : null;
}
