const integerForm = /^[+-]?[0-9]{1,20}$/;
const realForm = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/;
const dateForm = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** The range of a property list's integer: from the least signed to the greatest unsigned 64-bit number. */
export const integerRange = { min: -(2n ** 63n), max: 2n ** 64n - 1n } as const;

export function readInteger(text: string): bigint | undefined {
  const digits = trimBlanks(text);
  if (!integerForm.test(digits)) return undefined;
  const value = BigInt(digits.replace(/^\+/, ''));
  return value < integerRange.min || value > integerRange.max ? undefined : value;
}

export function readReal(text: string): number | undefined {
  const digits = trimBlanks(text);
  if (digits.length > 64 || !realForm.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

/** `YYYY-MM-DDTHH:MM:SSZ`, as Apple writes it, and only a day that exists. */
export function readDate(text: string): Date | undefined {
  const written = trimBlanks(text);
  if (!dateForm.test(written)) return undefined;
  const date = new Date(written);
  return Number.isNaN(date.getTime()) || writeDate(date) !== written ? undefined : date;
}

/** Whole seconds: a property list has no smaller unit. */
export function writeDate(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`;
}

/** Base64 in its one canonical form, blanks aside: padded, and no bits left over. */
export function readData(text: string): Buffer | undefined {
  const encoded = text.replace(/[ \t\r\n]+/g, '');
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes : undefined;
}

/** The one word of a text, or nothing when it has several. */
function trimBlanks(text: string): string {
  return /^[ \t\r\n]*([^ \t\r\n]*)[ \t\r\n]*$/.exec(text)?.[1] ?? '';
}
