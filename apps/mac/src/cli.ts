import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openControl } from './control.ts';
import { Fleet } from './fleet.ts';
import { replaceFile } from './mac-memory.ts';

export type CliWorld = {
  readonly print: (line: string) => void;
  /** Resolves when the Macs are to be switched off. */
  readonly untilStopped: () => Promise<void>;
};

export const MAC_HELP = `keyhaven mac: simulated Macs that speak Apple's MDM, for evaluation and tests

  --folder <path>    where they remember, one folder a Mac (default ./macs)
  --count <number>   as many Macs as this at least (default 1)
  --enroll <file>    a .mobileconfig for those that are not enrolled yet
  --trust <file>     PEM certificates to trust for https instead of the public ones
  --retry <seconds>  before a result that was not taken is sent again (default 5)
  --help

control.json in the folder holds the address and token of the control channel and the address
of their APNs; papers.json holds every Mac's current recovery key. POST to /macs/<udid>/… what
happens to a Mac: wake restart unenroll erase new-recovery-key back-up restore copy
swap-logic-board. See apps/mac/README.md.`;

/** `keyhaven mac`: answers the exit code. */
export async function runMacCommand(args: readonly string[], world: CliWorld): Promise<number> {
  const parsed = readArguments(args);
  if (parsed === null) {
    world.print(MAC_HELP);
    return 2;
  }
  if (parsed.help) {
    world.print(MAC_HELP);
    return 0;
  }
  await mkdir(parsed.folder, { recursive: true, mode: 0o700 });
  const fleet = await Fleet.start({
    folder: parsed.folder,
    retryMilliseconds: parsed.retrySeconds * 1000,
    ...(parsed.trust === undefined ? {} : { trust: await readFile(parsed.trust, 'utf8') }),
  });
  while (fleet.macs.length < parsed.count) {
    await fleet.addMac({ identity: { name: `Simulated Mac ${fleet.macs.length + 1}` } });
  }
  if (parsed.enroll !== undefined) await enrollAll(fleet, await readFile(parsed.enroll), world);
  const control = await openControl(fleet);
  const addresses = { url: control.url, token: control.token, apns: fleet.apns.url };
  await replaceFile(join(parsed.folder, 'control.json'), JSON.stringify(addresses, null, 2));
  world.print(`${fleet.macs.length} Macs · control ${control.url} · APNs ${fleet.apns.url}`);
  for (const { identity, state } of fleet.macs) {
    const enrolled = state.enrollment === null ? 'not enrolled' : 'enrolled';
    world.print(`${identity.serialNumber} ${identity.udid} ${identity.name} (${enrolled})`);
  }
  await world.untilStopped();
  await control.close();
  await fleet.close();
  return 0;
}

async function enrollAll(fleet: Fleet, profile: Buffer, world: CliWorld): Promise<void> {
  for (const mac of fleet.macs) {
    if (mac.state.enrollment !== null) continue;
    const failure = await mac.enroll(profile).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : 'failed'),
    );
    if (failure !== null) world.print(`${mac.identity.serialNumber} did not enroll: ${failure}`);
  }
}

type Arguments = {
  readonly folder: string;
  readonly count: number;
  readonly retrySeconds: number;
  readonly help: boolean;
  readonly enroll: string | undefined;
  readonly trust: string | undefined;
};

function readArguments(args: readonly string[]): Arguments | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        folder: { type: 'string', default: './macs' },
        count: { type: 'string', default: '1' },
        retry: { type: 'string', default: '5' },
        enroll: { type: 'string' },
        trust: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const count = Number(values.count);
    const retrySeconds = Number(values.retry);
    if (!Number.isInteger(count) || count < 0 || !(retrySeconds > 0)) return null;
    const { folder, help, enroll, trust } = values;
    return { folder, count, retrySeconds, help, enroll, trust };
  } catch {
    return null;
  }
}
