import { generateKeyPair, type KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Fleet } from '@keyhaven/mac/fleet';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { realSurroundings } from '@keyhaven/mac/surroundings';
import { evaluationAccounts } from 'keyhaven/evaluation/identity-provider/accounts';
import { startBenchServer } from './bench-server.ts';
import { type Figure, figuresOf, percentile } from './figure.ts';
import { freePort } from './free-port.ts';
import { openConnection } from './http-connection.ts';
import type { Options } from './options.ts';
import { type Owner, signInOwner } from './owner.ts';
import { idleRequest } from './polls.ts';

/** 1,000 Macs in 250 s, and 50 s for the last to be done. */
const arrivalsASecond = 4;
const pollsASecond = 20;
const pollingMacs = 8;
const lookEveryMs = 200;
const generate = promisify(generateKeyPair);

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
type Scene = { readonly url: URL; readonly fleet: Fleet; readonly owners: readonly Owner[] };

/**
 * A first day: so many Macs enroll, SCEP included, take their profile and store their key, while Macs that are there
 * already poll. The Macs' own keys and the server's escrow pairs are made before the clock starts.
 */
export async function measureOnboarding(
  { onboarded: count, oneCore }: Options,
  folder: string,
  tell: (words: string) => void,
): Promise<readonly Figure[]> {
  tell(`making the keys of ${count} Macs …`);
  const pairs = await makePairs(count + pollingMacs);
  const fleet = await Fleet.start({ retryMilliseconds: 1000, surroundings: handingOut(pairs) });
  const port = await freePort();
  const server = await startBenchServer({ dataFolder: folder, port, apnsUrl: fleet.apns.url, oneCore });
  try {
    tell('making the escrow pairs …');
    await server.fillKeyPool(count + pollingMacs);
    const owners = await Promise.all(evaluationAccounts.map(({ email }) => signInOwner(server.url, email)));
    const scene = { url: server.url, fleet, owners };
    const present: SimulatedMac[] = [];
    for (let index = 0; index < pollingMacs; index += 1) present.push(await onboard(scene, index));
    tell(`${count} Macs enroll and store …`);
    const before = await server.usage();
    const polling = keepPolling(server.url, present);
    const began = performance.now();
    await arriving(count, (index) => onboard(scene, index));
    const elapsed = (performance.now() - began) / 1000;
    const latencies = await polling.end();
    const after = await server.usage();
    const figure = figuresOf(
      'First day: enroll with SCEP, take the profile, store the key (wanted: 1,000 in 300 s)',
    );
    return [
      figure('Macs', count, ''),
      figure('Macs that come a second', arrivalsASecond, '/s'),
      figure('took', elapsed, 's'),
      figure('Macs a second', count / elapsed, '/s'),
      figure('CPU a Mac, server', (after.cpuMs - before.cpuMs) / count, 'ms'),
      figure('CPU a Mac, PostgreSQL', (after.databaseCpuMs - before.databaseCpuMs) / count, 'ms'),
      figure('polls meanwhile', latencies.length, ''),
      figure('poll meanwhile, p50', percentile(latencies, 0.5), 'ms'),
      figure('poll meanwhile, p99 (wanted: under 50)', percentile(latencies, 0.99), 'ms'),
    ];
  } finally {
    await fleet.close();
    await server.stop();
  }
}

/** One Mac's whole way to a stored and proved key. */
async function onboard({ fleet, owners }: Scene, index: number): Promise<SimulatedMac> {
  const owner = owners[index % owners.length];
  if (owner === undefined) throw new Error('the evaluation has no accounts');
  const mac = await fleet.addMac({ identity: { name: `First day ${index}` } });
  const { id, profile } = await owner.enrollment();
  await mac.enroll(profile);
  const device = await owner.deviceOf(id);
  await until(async () => {
    const { fileVaultProfile, encryption } = await owner.device(device);
    return fileVaultProfile === 'acknowledged' && encryption.enabled === true;
  });
  const key = mac.paper.currentRecoveryKey;
  if (key === null) throw new Error('a Mac without a recovery key');
  const { id: attempt } = await owner.store(device, key);
  await until(async () => {
    const { state, reason } = await owner.attempt(device, attempt);
    if (state === 'failed') throw new Error(`a store failed: ${reason}`);
    return state === 'saved';
  });
  return mac;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(lookEveryMs);
}

/** People do not wait for each other: each Mac comes at its time, however long the ones before take. */
async function arriving(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const all: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    await pause(Math.max(0, began + (index * 1000) / arrivalsASecond - performance.now()));
    all.push(work(index));
  }
  await Promise.all(all);
}

async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Polls at a steady pace, whether or not the one before has been answered: one late answer must not hide others. */
function keepPolling(
  url: URL,
  macs: readonly SimulatedMac[],
): { readonly end: () => Promise<readonly number[]> } {
  const latencies: number[] = [];
  const ending = new AbortController();
  const worker = async (mac: SimulatedMac): Promise<void> => {
    const request = idleRequest(url, mac);
    const connection = await openConnection(url);
    while (!ending.signal.aborted) {
      const began = performance.now();
      const status = await connection.exchange(request);
      latencies.push(performance.now() - began);
      if (status !== 200) throw new Error(`a poll was answered with ${status}`);
      await pause((1000 * macs.length) / pollsASecond);
    }
    connection.close();
  };
  const workers = Promise.all(macs.map(worker));
  return {
    end: async () => {
      ending.abort();
      await workers;
      return latencies;
    },
  };
}

async function makePairs(count: number): Promise<KeyPair[]> {
  const pairs: KeyPair[] = [];
  await inParallel(count, 2, async () => pairs.push(await generate('rsa', { modulusLength: 2048 })));
  return pairs;
}

/** Each Mac's identity has a pair of its own; the throw-away signers of SCEP share a few, made beforehand too. */
function handingOut(pairs: readonly KeyPair[]): typeof realSurroundings {
  let taken = 0;
  return {
    ...realSurroundings,
    makeKeyPair: async (bits) => {
      const pair = bits === 2048 ? pairs[Math.floor((taken += 1) / 2) % pairs.length] : undefined;
      return pair ?? realSurroundings.makeKeyPair(bits);
    },
  };
}
