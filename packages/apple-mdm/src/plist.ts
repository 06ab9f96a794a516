import { decodePlist } from './plist/decode.ts';
import { defaultLimits, type PlistLimits } from './plist/limits.ts';
import { readValue } from './plist/read.ts';
import { Tokens } from './plist/tokens.ts';
import type { PlistValue } from './plist/value.ts';
import { writeValue } from './plist/write.ts';

/**
 * Reads an XML property list (Apple's PropertyList-1.0), strictly and in one pass.
 *
 * @throws PlistError with the kind and the byte offset of the first fault; never with content.
 */
export function parsePlist(bytes: Uint8Array, limits: Partial<PlistLimits> = {}): PlistValue {
  const allowed = { ...defaultLimits, ...limits };
  const tokens = new Tokens(decodePlist(bytes, allowed));
  tokens.readRoot();
  const value = readValue(tokens, allowed);
  tokens.readEnd();
  return value;
}

const head = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
  '<plist version="1.0">',
];

/**
 * Writes an XML property list, members in their order, dates in whole seconds. What it writes, parsePlist reads.
 *
 * @throws PlistError `unwritable` for what has no XML form: control characters, lone surrogates, NaN and infinity,
 * integers beyond 64 bits, dates outside the years 0 to 9999, more than 32 levels.
 */
export function writePlist(value: PlistValue): Buffer {
  const lines = [...head];
  writeValue(lines, value, 0);
  lines.push('</plist>', '');
  return Buffer.from(lines.join('\n'));
}
