import { parsePlist } from '../plist.ts';
import type { PlistLimits } from './limits.ts';
import { PlistError } from './plist-error.ts';

/** The refusal of bytes that must be refused. */
export function refusalOf(bytes: Uint8Array, limits?: Partial<PlistLimits>): PlistError {
  try {
    parsePlist(bytes, limits);
  } catch (error) {
    if (error instanceof PlistError) return error;
    throw error;
  }
  throw new Error('the property list was not refused');
}
