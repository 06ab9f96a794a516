// Six groups of four with something between them, wherever they stand; a UUID (8-4-4-4-12) never has six.
const grouped = /(?:[A-Z0-9]{4}[\s._:\-\u2010-\u2015\u2212]{1,3}){5}[A-Z0-9]{4}/giu;
// The same typed without some or all separators, as a word of its own.
const unbroken = /(?<![A-Z0-9])(?:[A-Z0-9]{4}[._:\-\u2010-\u2015\u2212]{0,3}){5}[A-Z0-9]{4}(?![A-Z0-9])/giu;

/**
 * Text with everything that has the form of a recovery key (24 letters and digits, reference section 5.5) replaced.
 * It would rather take too much than leave a key.
 */
export function redactKeys(text: string): string {
  return text.replace(grouped, '[redacted]').replace(unbroken, '[redacted]');
}
