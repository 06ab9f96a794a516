// openDesk is long because it is one table of what people do and see, each entry a few lines.
import type { Device, DeviceList } from '@keyhaven/api-contract/device';
import type { Notice } from '@keyhaven/api-contract/notice';
import type { KeyVersion } from '@keyhaven/api-contract/recovery-key';
import type { MacOptions, SimulatedMac } from '@keyhaven/mac/mac';
import { enrollAs, progressOf } from '../enrolling.ts';
import type { BenchWorld } from '../faults/bench-world.ts';
import type { ApiAnswer } from '../faults/caller.ts';
import { keyOf, portalOf } from '../faults/portal.ts';

export const erin = 'employee@example.com';
export const casey = 'colleague@example.com';
export const it = 'admin@example.com';

/** A Mac, who enrolled it, and its id in the API. */
export type KnownMac = { readonly mac: SimulatedMac; readonly owner: string; readonly id: string };
/** A version, and its key where this person may have it. */
export type HeldKey = Pick<KeyVersion, 'version' | 'state' | 'source'> & { readonly key: string | null };

type NewMac = Pick<MacOptions, 'identity' | 'fileVaultEnabled'>;

/** What people and IT do and see over the public API, and what goes to the Macs. */
export type Desk = {
  readonly call: (email: string, method: string, path: string, body?: unknown) => Promise<ApiAnswer>;
  /** Enrolls as this person's, lets the Mac take what waits for it, and answers the enrollment's id. */
  readonly enroll: (owner: string, mac: SimulatedMac) => Promise<string>;
  /** A new Mac of this person, managed; with its key stored and proved. */
  readonly stored: (owner: string, wanted?: NewMac) => Promise<KnownMac>;
  /** The same without a stored key. */
  readonly managed: (owner: string, wanted?: NewMac) => Promise<KnownMac>;
  /** Types what is on paper. */
  readonly store: (known: KnownMac) => Promise<void>;
  readonly rotate: (known: KnownMac, who?: string) => Promise<ApiAnswer>;
  /** Polls until the newest attempt has ended, at most eight times; answers the Mac as its owner sees it then. */
  readonly settle: (known: KnownMac, speaker?: SimulatedMac) => Promise<Device>;
  readonly see: (who: string, id: string) => Promise<Device>;
  readonly macsOf: (who: string, scope?: 'mine' | 'all') => Promise<readonly Device[]>;
  /** Every version of this Mac, newest first, with its key where this person gets it. */
  readonly keys: (who: string, id: string) => Promise<readonly HeldKey[]>;
  /** The kinds of this person's notices about this Mac, newest first. */
  readonly notices: (who: string, id: string) => Promise<readonly Notice['kind'][]>;
  /** RequestTypes that went to this UDID since the last look. */
  readonly commandsTo: (udid: string) => readonly string[];
  /** Time goes by, and what was due is done. */
  readonly pass: (milliseconds: number) => Promise<void>;
};

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export function openDesk(world: BenchWorld): Desk {
  const { call } = portalOf(world);
  // The casts below are safe because the API answers 200 in the shapes of the contract, and another status throws.
  const read = async (who: string, path: string): Promise<unknown> => {
    const { status, body } = await call(who, 'GET', `/api/v1${path}`);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}`);
    return body;
  };
  const see: Desk['see'] = async (who, id) => (await read(who, `/devices/${id}`)) as Device;
  const enroll: Desk['enroll'] = async (owner, mac) => {
    const id = await enrollAs(await world.freshPerson(owner), mac);
    await poll(mac);
    return id;
  };
  const managed: Desk['managed'] = async (owner, wanted = {}) => {
    const mac = await world.fleet.addMac(wanted);
    const enrollment = await enroll(owner, mac);
    const { deviceId } = await progressOf(await world.person(owner), enrollment);
    if (deviceId === null) throw new Error('the Mac was not let in');
    return { mac, owner, id: deviceId };
  };
  const store: Desk['store'] = async ({ mac, owner, id }) => {
    const recoveryKey = mac.paper.currentRecoveryKey;
    const typed = { recoveryKey, confirmation: recoveryKey };
    const { status } = await call(owner, 'PUT', `/api/v1/devices/${id}/recovery-key`, typed);
    if (status !== 202) throw new Error(`the store was answered ${status}`);
  };
  const settle: Desk['settle'] = async ({ mac, owner, id }, speaker = mac) => {
    for (let polls = 0; polls < 8; polls += 1) {
      await poll(speaker);
      const device = await see(owner, id);
      if (device.attempt === null || device.attempt.endedAt !== null) return device;
    }
    throw new Error(`the attempt is still ${(await see(owner, id)).attempt?.state}`);
  };
  return {
    call,
    enroll,
    managed,
    stored: async (owner, wanted) => {
      const known = await managed(owner, wanted);
      await store(known);
      const { attempt } = await settle(known);
      if (attempt?.state !== 'saved') throw new Error(`the key was not saved: ${attempt?.reason}`);
      await poll(known.mac);
      return known;
    },
    store,
    rotate: ({ owner, id }, who = owner) =>
      call(who, 'POST', `/api/v1/devices/${id}/recovery-key/rotate`, { reason: 'Locked out of the Mac' }),
    settle,
    see,
    macsOf: async (who, scope = 'mine') =>
      ((await read(who, `/devices?scope=${scope}&limit=200`)) as DeviceList).items,
    keys: async (who, id) => {
      const path = `/devices/${id}/recovery-key`;
      const { items } = (await read(who, `${path}/versions`)) as { items: readonly KeyVersion[] };
      const held: HeldKey[] = [];
      for (const { version, state, source } of items) {
        const asked = { version, reason: 'Trying what may be had' };
        const key = keyOf(await call(who, 'POST', `/api/v1${path}/reveal`, asked));
        held.push({ version, state, source, key });
      }
      return held;
    },
    notices: async (who, id) =>
      ((await read(who, '/notices?limit=200')) as { items: readonly Notice[] }).items
        .filter(({ deviceId }) => deviceId === id)
        .map(({ kind }) => kind),
    commandsTo: (udid) => takeCommands(world, udid),
    pass: async (milliseconds) => {
      world.clock.move(milliseconds);
      await world.runTimers();
    },
  };
}

/** A hand on the lid. */
export async function poll(mac: SimulatedMac): Promise<void> {
  await mac.wake();
  await mac.settled();
}

function takeCommands(world: BenchWorld, udid: string): readonly string[] {
  const sent: string[] = [];
  for (const { request, response } of world.exchanges.splice(0)) {
    if (!request.start.startsWith('PUT /mdm') || !request.body.includes(udid)) continue;
    const type = /<key>RequestType<\/key>\s*<string>(\w+)</u.exec(response?.body.toString('latin1') ?? '');
    if (type?.[1] !== undefined) sent.push(type[1]);
  }
  return sent;
}
