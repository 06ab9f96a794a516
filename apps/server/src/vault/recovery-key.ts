/**
 * The form of a FileVault personal recovery key: 24 letters and digits in six groups of four,
 * `ABCD-2345-EFGH-6789-TUVW-XYZ2` (reference/apple-mdm.md 5.5). The alphabet of Macs seems to leave out 0, 1, I and S,
 * but nothing here relies on it: a key that a Mac takes is never refused for its letters.
 */

// Everything people and their software put between groups: white space and every kind of dash.
const separators = /[\s\u00a0\u200b\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]/gu;
const symbols = /^[A-Za-z0-9]{24}$/;

/** The key as macOS writes it, or null when the text has not exactly 24 ASCII letters and digits. */
export function canonicalKey(text: string): string | null {
  const bare = text.replace(separators, '');
  if (!symbols.test(bare)) return null;
  const upper = bare.toUpperCase();
  return [0, 4, 8, 12, 16, 20].map((at) => upper.slice(at, at + 4)).join('-');
}

/** The key in what a Mac sent: UTF-8, perhaps with NULs or a newline around it (reference/apple-mdm.md 5.4). */
export function keyFromMac(bytes: Buffer): string | null {
  if (bytes.length > 256) return null;
  return canonicalKey(bytes.toString('utf8').replaceAll('\0', ''));
}
