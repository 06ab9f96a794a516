export type SerialNumbers = {
  /** In capitals, each once, in the order in which they were written. */
  readonly good: readonly string[];
  /** What is no serial number, as it was written. */
  readonly bad: readonly string[];
};

const serialNumber = /^[A-Z0-9]{8,20}$/;

/** The serial numbers in a pasted list: one a line, or with commas, semicolons or spaces between them. */
export function readSerialNumbers(text: string): SerialNumbers {
  const written = text.split(/[\s,;]+/u).filter((word) => word !== '');
  const isGood = (word: string): boolean => serialNumber.test(word.toUpperCase());
  return {
    good: [...new Set(written.filter(isGood).map((word) => word.toUpperCase()))],
    bad: written.filter((word) => !isGood(word)),
  };
}

const mostAtOnce = 2000;

/** In parts that the server takes in one call. */
export const inParts = (serialNumbers: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(serialNumbers.length / mostAtOnce) }, (_, part) =>
    serialNumbers.slice(part * mostAtOnce, (part + 1) * mostAtOnce),
  );
