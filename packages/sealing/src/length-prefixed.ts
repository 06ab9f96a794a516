/**
 * Joins parts so that different parts never give the same bytes: each is preceded by its length in bytes
 * (uint32, big-endian); text is UTF-8. Throws a TypeError on text with a lone surrogate, which UTF-8 cannot
 * tell from any other lone surrogate.
 */
export function lengthPrefixed(parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => prefixed(typeof part === 'string' ? utf8(part) : part)));
}

function prefixed(bytes: Uint8Array): readonly Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

function utf8(text: string): Buffer {
  if (!text.isWellFormed()) throw new TypeError('Text with a lone surrogate has no one encoding.');
  return Buffer.from(text);
}
