import process from 'node:process';

/** Prints a line of figures. Never a key. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** A number from the environment, or what stands here. */
export const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** The seed of every run that depends on chance; the same each time unless KEYHAVEN_SEED says otherwise. */
export const seed = (): number => numberFrom('KEYHAVEN_SEED', 20_261_122);

/** Bytes of memory that this process occupies, in MiB. */
export const residentMebibytes = (): number => Math.round(process.memoryUsage().rss / 1024 / 1024);

/** A repeatable source of chance in [0, 1): xorshift32. */
export function chanceFrom(start: number): () => number {
  let state = start | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
