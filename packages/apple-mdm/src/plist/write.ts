import { findForbiddenCharacter } from './characters.ts';
import { defaultLimits } from './limits.ts';
import { PlistError } from './plist-error.ts';
import { integerRange, writeDate } from './scalars.ts';
import { isPlistArray, isPlistDict, type PlistDict, type PlistValue } from './value.ts';

/** Appends the lines of one value. Recursion is bounded by the depth that the reader takes. */
export function writeValue(lines: string[], value: PlistValue, depth: number): void {
  if (isPlistArray(value)) {
    writeArray(lines, value, depth);
  } else if (isPlistDict(value)) {
    writeDict(lines, value, depth);
  } else {
    lines.push(scalarElement(value));
  }
}

function writeArray(lines: string[], items: readonly PlistValue[], depth: number): void {
  checkDepth(depth);
  lines.push('<array>');
  for (const item of items) writeValue(lines, item, depth + 1);
  lines.push('</array>');
}

function writeDict(lines: string[], members: PlistDict, depth: number): void {
  checkDepth(depth);
  lines.push('<dict>');
  for (const [key, value] of Object.entries(members)) {
    lines.push(`<key>${escape(key)}</key>`);
    writeValue(lines, value, depth + 1);
  }
  lines.push('</dict>');
}

function scalarElement(value: Exclude<PlistValue, PlistDict | readonly PlistValue[]>): string {
  if (typeof value === 'string') return `<string>${escape(value)}</string>`;
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (typeof value === 'bigint') return integerElement(value);
  if (typeof value === 'number') return numberElement(value);
  if (value instanceof Date) return dateElement(value);
  if (value instanceof Uint8Array) return `<data>${Buffer.from(value).toString('base64')}</data>`;
  throw new PlistError('unwritable', 0);
}

function integerElement(value: bigint): string {
  if (value < integerRange.min || value > integerRange.max) throw new PlistError('unwritable', 0);
  return `<integer>${value}</integer>`;
}

function numberElement(value: number): string {
  if (!Number.isFinite(value)) throw new PlistError('unwritable', 0);
  return Number.isSafeInteger(value) ? integerElement(BigInt(value)) : `<real>${value}</real>`;
}

function dateElement(value: Date): string {
  const year = value.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) throw new PlistError('unwritable', 0);
  return `<date>${writeDate(value)}</date>`;
}

function checkDepth(depth: number): void {
  if (depth >= defaultLimits.maxDepth) throw new PlistError('unwritable', 0);
}

/** A bare carriage return would be read back as a line feed (XML 1.0 section 2.11). */
function escape(text: string): string {
  if (findForbiddenCharacter(text) !== -1) throw new PlistError('unwritable', 0);
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
