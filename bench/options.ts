import { parseArgs } from 'node:util';

export const partNames = ['start', 'steps', 'store', 'cycles', 'polls', 'onboarding', 'pages'] as const;
export type PartName = (typeof partNames)[number];

export type Options = {
  readonly parts: ReadonlySet<PartName>;
  readonly macs: number;
  /** Macs of the first day; their keys alone take 0.2 s of CPU each beforehand. */
  readonly onboarded: number;
  readonly seconds: number;
  readonly concurrency: number;
  /** One JSON line a figure, beside no table. */
  readonly json: boolean;
  /** Where CPU profiles of the server go; null: none is taken. */
  readonly profileFolder: string | null;
  /** The server and its database on the first core, the load on the second. */
  readonly oneCore: boolean;
};

export const help = `npm run bench -- [options]

  --quick             about a minute in all
  --only <parts>      some of ${partNames.join(',')}
  --macs <n>          simulated Macs to enroll (200; quick 48)
  --onboarded <n>     Macs of the part onboarding (1000; quick 40)
  --seconds <n>       length of each run under load (20; quick 8)
  --concurrency <n>   Macs at work at a time, or connections that poll (8)
  --one-core          server and database share the first core, the load has the second
  --profile <folder>  CPU profiles of the server under load, and where its time goes
  --json              one JSON line a figure instead of the table`;

/** Reads the command line. Null: it asks for help. Throws a sentence where it cannot be read. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      only: { type: 'string' },
      macs: { type: 'string' },
      onboarded: { type: 'string' },
      seconds: { type: 'string' },
      concurrency: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
      'one-core': { type: 'boolean' },
    },
  });
  if (values.help === true) return null;
  const quick = values.quick === true;
  return {
    parts: readParts(values.only),
    macs: readCount('macs', values.macs, quick ? 48 : 200),
    onboarded: readCount('onboarded', values.onboarded, quick ? 40 : 1000),
    seconds: readCount('seconds', values.seconds, quick ? 8 : 20),
    concurrency: readCount('concurrency', values.concurrency, 8),
    json: values.json === true,
    profileFolder: values.profile ?? null,
    oneCore: values['one-core'] === true,
  };
}

function readParts(only: string | undefined): ReadonlySet<PartName> {
  if (only === undefined) return new Set(partNames);
  const wanted = only.split(',');
  const known = partNames.filter((name) => wanted.includes(name));
  if (known.length !== wanted.length) throw new Error(`--only takes ${partNames.join(', ')}`);
  return new Set(known);
}

function readCount(name: string, text: string | undefined, otherwise: number): number {
  const count = Number(text ?? otherwise);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`--${name} takes a whole number above 0`);
}
