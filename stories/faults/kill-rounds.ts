import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { DeviceList } from '@keyhaven/api-contract/device';
import { type Caller, signInAs } from './caller.ts';
import { type WholeProduct, wholeProduct } from './whole-product.ts';

export type KillFigures = {
  rounds: number;
  /** Asked for and answered before the kill. */
  accepted: number;
  /** Broken off, and found to have happened all the same. */
  happened: number;
  /** Broken off, and not there afterwards. */
  lost: number;
  readonly slowestStartMs: number[];
};

// Whose Mac it is, and who gets its key back: a person may ask for sixty an hour.
const macs = [
  { serialNumber: 'ZEVAL00001', owner: 'employee@example.com', reader: 'employee@example.com' },
  { serialNumber: 'ZEVAL00002', owner: 'employee@example.com', reader: 'helpdesk@example.com' },
  { serialNumber: 'ZEVAL00003', owner: 'colleague@example.com', reader: 'colleague@example.com' },
] as const;
const endsWithinMs = 60_000;
// Sessions outlive the server; and sixty sign-ins in ten minutes are all that a person has, the simulated ones too.
const freshForMs = 4 * 60_000;
type SignIn = (email: string) => Promise<Caller>;

function signInOf(origin: string): SignIn {
  const known = new Map<string, { readonly caller: Caller; readonly at: number }>();
  return async (email) => {
    const found = known.get(email);
    if (found !== undefined && Date.now() - found.at < freshForMs) return found.caller;
    const caller = await signInAs(origin, email);
    known.set(email, { caller, at: Date.now() });
    return caller;
  };
}

/** Rounds on one data folder: ask, kill everything at that moment, start again, and see what became of the key. */
export async function killRounds(
  moments: readonly number[],
  print: (line: string) => void,
): Promise<KillFigures> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-kill-'));
  const product = await wholeProduct(folder);
  const signIn = signInOf(product.origin);
  const figures: KillFigures = { rounds: 0, accepted: 0, happened: 0, lost: 0, slowestStartMs: [] };
  try {
    await product.start();
    for (const [round, moment] of moments.entries()) {
      await killRound(product, signIn, round, moment, figures);
      figures.rounds += 1;
    }
  } catch (error) {
    print(`round ${figures.rounds}, killed ${moments[figures.rounds]} ms after the request`);
    throw error;
  } finally {
    await product.killAll();
    await rm(folder, { recursive: true, force: true });
  }
  return figures;
}

async function killRound(
  product: WholeProduct,
  signIn: SignIn,
  round: number,
  moment: number,
  figures: KillFigures,
): Promise<void> {
  const mac = macs[round % macs.length] ?? macs[0];
  const stores = round % 2 === 0 || round < macs.length;
  const owner = await signIn(mac.owner);
  const device = await deviceOf(owner, mac.serialNumber);
  const earlier = device.attempt?.id ?? null;
  const asking = stores ? store(owner, product, device.id, mac.serialNumber) : rotate(owner, device.id);
  await pause(moment);
  await product.killAll();
  const answer = await asking;
  const began = performance.now();
  await product.start();
  figures.slowestStartMs.push(performance.now() - began);
  let attempt = (await deviceOf(owner, mac.serialNumber)).attempt;
  if (answer.status === 202) {
    figures.accepted += 1;
    if (attempt?.id !== idOf(answer.body)) throw new Error('an accepted attempt is not there after the kill');
  } else if (answer.status !== 0) {
    throw new Error(`the request was answered ${answer.status}`);
  } else if (attempt !== null && attempt.id !== earlier) {
    figures.happened += 1;
  } else {
    figures.lost += 1;
    const again = await store(owner, product, device.id, mac.serialNumber);
    if (again.status !== 202) throw new Error(`the second request was answered ${again.status}`);
  }
  attempt = await ended(owner, mac.serialNumber);
  if (attempt.state !== 'saved') throw new Error(`the attempt ended ${attempt.state}, ${attempt.reason}`);
  await seeKey(product, await signIn(mac.reader), device.id, mac.serialNumber);
}

const store = (caller: Caller, product: WholeProduct, id: string, serialNumber: string) => {
  const recoveryKey = product.paperOf(serialNumber);
  return caller.call('PUT', `/api/v1/devices/${id}/recovery-key`, { recoveryKey, confirmation: recoveryKey });
};

const rotate = (caller: Caller, id: string) =>
  caller.call('POST', `/api/v1/devices/${id}/recovery-key/rotate`, {});

async function deviceOf(caller: Caller, serialNumber: string): Promise<DeviceList['items'][number]> {
  const { body } = await caller.call('GET', '/api/v1/devices?limit=200');
  // Safe because the API answers this call in the shape of the contract.
  const found = (body as DeviceList).items.find((device) => device.serialNumber === serialNumber);
  if (found === undefined) throw new Error('the Mac is not in its owner’s list');
  return found;
}

async function ended(owner: Caller, serialNumber: string): Promise<Attempt> {
  for (const end = Date.now() + endsWithinMs; ; await pause(50)) {
    const { attempt } = await deviceOf(owner, serialNumber);
    if (attempt === null) throw new Error('there is no attempt');
    if (attempt.endedAt !== null) return attempt;
    if (Date.now() > end) throw new Error(`the attempt is still ${attempt.state} after 60 s`);
  }
}

async function seeKey(
  product: WholeProduct,
  reader: Caller,
  id: string,
  serialNumber: string,
): Promise<void> {
  const reason = 'Checking after a power cut';
  const { status, body } = await reader.call('POST', `/api/v1/devices/${id}/recovery-key/reveal`, { reason });
  if (status !== 200 || typeof body !== 'object' || body === null || !('recoveryKey' in body)) {
    throw new Error(`the key was not given back: ${status}`);
  }
  if (body.recoveryKey !== product.paperOf(serialNumber)) throw new Error('another key was given back');
}

const idOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
