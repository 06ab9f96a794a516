import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Fleet } from '@keyhaven/mac/fleet';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { realSurroundings } from '@keyhaven/mac/surroundings';
import { evaluationAccounts } from 'keyhaven/evaluation/identity-provider/accounts';
import { type Owner, signInOwner } from './owner.ts';

/** An enrolled Mac with its owner and its id in the API. */
export type BenchMac = { readonly mac: SimulatedMac; readonly owner: Owner; readonly device: string };

export type BenchFleet = {
  readonly fleet: Fleet;
  /** Resolves when this Mac next has a new recovery key. */
  readonly nextKey: (mac: SimulatedMac) => Promise<void>;
};

/** Macs in memory. Their identity keys are made here, a few for all: a Mac's own cost is not the server's. */
export async function startBenchFleet(): Promise<BenchFleet> {
  const pairs = Array.from({ length: 4 }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  let taken = 0;
  const waiting = new Map<string, () => void>();
  const fleet = await Fleet.start({
    retryMilliseconds: 1000,
    surroundings: {
      ...realSurroundings,
      makeKeyPair: async (bits) => {
        const pair = bits === 2048 ? pairs[(taken += 1) % pairs.length] : undefined;
        return pair ?? realSurroundings.makeKeyPair(bits);
      },
    },
    onRecoveryKeyChanged: ({ udid }) => {
      waiting.get(udid)?.();
      waiting.delete(udid);
    },
  });
  return {
    fleet,
    nextKey: (mac) => new Promise((resolve) => waiting.set(mac.identity.udid, resolve)),
  };
}

/** Enrolls so many Macs for real, spread over the accounts, a few at a time. */
export async function enrollMacs(
  url: URL,
  { fleet }: BenchFleet,
  count: number,
): Promise<readonly BenchMac[]> {
  const owners = await Promise.all(evaluationAccounts.map(({ email }) => signInOwner(url, email)));
  const enrolled: { readonly mac: SimulatedMac; readonly owner: Owner }[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    for (let index = begun++; index < count; index = begun++) {
      const owner = owners[index % owners.length];
      if (owner === undefined) throw new Error('the evaluation has no accounts');
      const mac = await fleet.addMac({ identity: { name: `Bench ${index}` } });
      await mac.enroll(await owner.enrollmentProfile());
      enrolled.push({ mac, owner });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  const ids = new Map<string, string>();
  for (const owner of owners) {
    for (const { serialNumber, id } of await managed(owner)) ids.set(serialNumber ?? '', id);
  }
  return enrolled.map((each) => {
    const device = ids.get(each.mac.identity.serialNumber);
    if (device === undefined) throw new Error('an enrolled Mac is not in its owner’s list');
    return { ...each, device };
  });
}

/** This owner's Macs when all of them have taken their FileVault profile and reported. */
async function managed(owner: Owner): ReturnType<Owner['macs']> {
  for (let tries = 0; tries < 600; tries += 1) {
    const macs = await owner.macs();
    const ready = macs.filter(
      ({ fileVaultProfile, encryption }) =>
        fileVaultProfile === 'acknowledged' && encryption.enabled !== null,
    );
    if (ready.length === macs.length) return macs;
    await pause(100);
  }
  throw new Error('the Macs did not take their profiles within a minute');
}
