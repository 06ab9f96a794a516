import { isUtf8 } from 'node:buffer';
import { findForbiddenCharacter } from './characters.ts';
import type { PlistLimits } from './limits.ts';
import { PlistError } from './plist-error.ts';

/** The text of a property list, its byte order mark removed, and how many bytes that was. */
export interface PlistText {
  readonly text: string;
  readonly markBytes: number;
}

/** Decodes strictly: no byte that is not UTF-8, no character that XML forbids. */
export function decodePlist(bytes: Uint8Array, limits: PlistLimits): PlistText {
  if (bytes.length > limits.maxBytes) throw new PlistError('too-large', limits.maxBytes);
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(whole)) throw new PlistError('invalid-utf8', firstDifference(whole));
  const marked = whole.length >= 3 && whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf;
  const markBytes = marked ? 3 : 0;
  const text = whole.toString('utf8', markBytes);
  const at = findForbiddenCharacter(text);
  if (at !== -1) throw new PlistError('control-character', byteOffset({ text, markBytes }, at));
  return { text, markBytes };
}

/** Where a position in the text (UTF-16 units) stands in the bytes. */
export function byteOffset(document: PlistText, at: number): number {
  return document.markBytes + Buffer.byteLength(document.text.slice(0, at));
}

function firstDifference(bytes: Buffer): number {
  const replaced = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === replaced[at]) at += 1;
  return at;
}
