const between = String.raw`[\s._:\-\u2010-\u2015\u2212]`;
const patterns = [
  // A UUID would look like a key from its second group on; it is let be.
  String.raw`(?<uuid>(?<![A-Z0-9])[A-F0-9]{8}(?:-[A-F0-9]{4}){3}-[A-F0-9]{12}(?![A-Z0-9]))`,
  // Six groups of four with something between them, wherever they stand.
  `(?:[A-Z0-9]{4}${between}{1,3}){5}[A-Z0-9]{4}`,
  // The same typed without some or all separators, as a word of its own.
  String.raw`(?<![A-Z0-9])(?:[A-Z0-9]{4}[._:\-\u2010-\u2015\u2212]{0,3}){5}[A-Z0-9]{4}(?![A-Z0-9])`,
];
const keyForm = new RegExp(patterns.join('|'), 'giu');

/**
 * Text with everything that has the form of a recovery key (24 letters and digits, reference section 5.5) replaced.
 * It would rather take too much than leave a key.
 */
export function redactKeys(text: string): string {
  return text.replace(keyForm, (found, uuid: string | undefined) =>
    uuid === undefined ? '[redacted]' : found,
  );
}
