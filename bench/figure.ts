/** One number that was measured. `part` groups them; `unit` `yes` is 1 for yes and 0 for no. */
export type Figure = {
  readonly part: string;
  readonly name: string;
  readonly value: number;
  readonly unit: 's' | 'ms' | '/s' | 'MB' | 'µs' | 'yes' | '' | '%';
};

/** Adds figures to one part. */
export const figuresOf =
  (part: string) =>
  (name: string, value: number, unit: Figure['unit']): Figure => ({ part, name, value, unit });

/** The value below which this share (0 to 1) of the values lies; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The figures as lines of text, one part after the other. */
export function tableOf(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines: string[] = [];
  let part = '';
  for (const figure of figures) {
    if (figure.part !== part) lines.push('', figure.part);
    part = figure.part;
    lines.push(`  ${figure.name.padEnd(width)}  ${wordsOf(figure)}`);
  }
  return lines.join('\n');
}

function wordsOf({ value, unit }: Figure): string {
  if (unit === 'yes') return (value === 1 ? 'yes' : 'NO').padStart(9);
  return `${numberOf(value).padStart(9)} ${unit}`.trimEnd();
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2);
}
