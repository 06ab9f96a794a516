import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '@keyhaven/api-contract/device';
import { openControl } from '@keyhaven/mac/control';
import { Fleet } from '@keyhaven/mac/fleet';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { replaceFile } from '@keyhaven/mac/mac-memory';
import { type PlannedMac, plannedMacs, writeDrawer } from './drawer.ts';
import { evaluationAccounts } from './identity-provider/accounts.ts';
import { type Person, signIn } from './person.ts';

/** What this process and the server's say to each other. */
export type FromServer = { readonly kind: 'serving'; readonly url: string };
export type FromMacs =
  | { readonly kind: 'apns'; readonly url: string }
  | {
      readonly kind: 'ready';
      readonly papers: readonly { readonly name: string; readonly key: string | null }[];
    }
  | { readonly kind: 'failed'; readonly words: string };

const pollMs = 100;

/**
 * The process of the evaluation's three simulated Macs: they, and their owners on the first day. It enrolls what is not
 * enrolled and stores what is to be stored, over HTTP like everybody else, and goes on where it was interrupted.
 */
async function run(dataFolder: string): Promise<void> {
  let url: URL | null = null;
  const keys = new Map<string, string | null>();
  const put = (): Promise<void> => writeDrawer(dataFolder, url, (udid) => keys.get(udid) ?? null);
  const folder = path.join(dataFolder, 'macs');
  const fleet = await Fleet.start({
    folder,
    retryMilliseconds: 2000,
    onRecoveryKeyChanged: async ({ udid, currentRecoveryKey }) => {
      keys.set(udid, currentRecoveryKey);
      await put();
    },
  });
  const control = await openControl(fleet);
  await replaceFile(
    path.join(folder, 'control.json'),
    JSON.stringify({ url: control.url, token: control.token, apns: fleet.apns.url }),
  );
  const serving = new Promise<URL>((resolve) => {
    process.once('message', (message: FromServer) => resolve(new URL(message.url)));
  });
  tell({ kind: 'apns', url: fleet.apns.url });
  url = await serving;
  for (const planned of plannedMacs) {
    const mac = fleet.find(planned.udid) ?? (await addMac(fleet, planned));
    keys.set(planned.udid, mac.paper.currentRecoveryKey);
  }
  await settle(url, fleet);
  for (const { udid, currentRecoveryKey } of fleet.papers) keys.set(udid, currentRecoveryKey);
  await put();
  const papers = plannedMacs.map(({ name, udid }) => ({ name, key: keys.get(udid) ?? null }));
  tell({ kind: 'ready', papers });
}

const addMac = (
  fleet: Fleet,
  { serialNumber, udid, name, model, modelName }: PlannedMac,
): Promise<SimulatedMac> => fleet.addMac({ identity: { serialNumber, udid, name, model, modelName } });

async function settle(url: URL, fleet: Fleet): Promise<void> {
  const people = new Map<string, Promise<Person>>();
  const person = (email: string): Promise<Person> => {
    const known = people.get(email) ?? signInAs(url, email);
    people.set(email, known);
    return known;
  };
  await Promise.all(
    plannedMacs.map(async (planned) => {
      const mac = fleet.find(planned.udid);
      if (mac === null) throw new Error('a planned Mac is missing');
      await settleMac(planned, mac, person);
    }),
  );
}

async function settleMac(
  planned: PlannedMac,
  mac: SimulatedMac,
  person: (email: string) => Promise<Person>,
): Promise<void> {
  const owner = await person(planned.owner);
  if (mac.state.enrollment === null) await mac.enroll(await owner.enrollmentProfile());
  else void mac.poll().catch(() => undefined);
  const managed = await until(
    owner,
    planned,
    ({ fileVaultProfile, encryption }) => fileVaultProfile === 'acknowledged' && encryption.enabled !== null,
  );
  if (planned.ownership === 'corporate' && managed.ownership !== 'corporate') {
    await (await person('admin@example.com')).makeCorporate(managed.id);
  }
  if (!planned.stored) return;
  // What was cut off before goes on by itself; only a Mac without a key and without a try gets a new one.
  const rested = await until(owner, planned, ({ attempt }) => attempt === null || attempt.endedAt !== null);
  if (rested.recoveryKey.state === 'current') return;
  const key = mac.paper.currentRecoveryKey;
  if (key === null) throw new Error('a simulated Mac has no recovery key');
  const attempt = await owner.store(rested.id, key);
  if (attempt.state !== 'saved') throw new Error(`${planned.name} did not save its key: ${attempt.reason}`);
}

async function until(
  owner: Person,
  planned: PlannedMac,
  holds: (device: Device) => boolean,
): Promise<Device> {
  for (;;) {
    const device = (await owner.myMacs()).find(({ serialNumber }) => serialNumber === planned.serialNumber);
    if (device !== undefined && holds(device)) return device;
    await pause(pollMs);
  }
}

function signInAs(url: URL, email: string): Promise<Person> {
  const account = evaluationAccounts.find((one) => one.email === email);
  if (account === undefined) throw new Error('an account of the evaluation is missing');
  return signIn(url, account.email, account.password);
}

const tell = (message: FromMacs): void => void process.send?.(message);

// The server's end, however it comes, is ours.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
run(process.argv[2] ?? 'data').catch((error: unknown) => {
  tell({ kind: 'failed', words: error instanceof Error ? error.message : 'unknown' });
  process.exitCode = 1;
});
