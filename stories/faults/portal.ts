import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { Device, DeviceList } from '@keyhaven/api-contract/device';
import type { AccessLogEntry, KeyVersion } from '@keyhaven/api-contract/recovery-key';
import type { BenchWorld } from './bench-world.ts';
import type { ApiAnswer } from './caller.ts';
import type { WatchedMac } from './watched-mac.ts';

/** What people do over the public API. Signs in again where it must, and waits for a limit to pass. */
export type Portal = {
  readonly call: (email: string, method: string, path: string, body?: unknown) => Promise<ApiAnswer>;
  readonly device: (mac: WatchedMac) => Promise<Device>;
  readonly versions: (mac: WatchedMac) => Promise<readonly KeyVersion[]>;
  readonly attempt: (mac: WatchedMac, id: string) => Promise<Attempt>;
  readonly accessLog: (mac: WatchedMac) => Promise<readonly AccessLogEntry[]>;
  readonly reveal: (email: string, mac: WatchedMac, version?: number) => Promise<ApiAnswer>;
  /** Finds the Mac in its owner's list. */
  readonly learnDevice: (mac: WatchedMac) => Promise<void>;
  readonly profile: (email: string) => Promise<Buffer | null>;
};

export function portalOf(world: BenchWorld): Portal {
  const call: Portal['call'] = async (email, method, path, body) => {
    for (;;) {
      try {
        const answer = await (await world.person(email)).call(method, path, body);
        if (answer.status === 401 || codeOf(answer) === 'fresh-sign-in-required') {
          await world.freshPerson(email);
        } else if (answer.status === 429) {
          world.clock.move((Number(answer.headers.get('retry-after') ?? 60) + 1) * 1000);
        } else return answer;
      } catch (error) {
        if (!world.isAlive()) return { status: 0, body: null, headers: new Headers() };
        if (!(error instanceof Error) || !error.message.endsWith('429')) throw error;
        world.clock.move(11 * 60_000);
      }
    }
  };
  const read = async (mac: WatchedMac, path: string): Promise<unknown> => {
    const answer = await call(mac.owner, 'GET', `/api/v1/devices/${mac.device}${path}`);
    if (answer.status !== 200) throw new Error(`GET ${path} of a Mac answered ${answer.status}`);
    return answer.body;
  };
  // All casts below are safe because the API answers these calls in the shapes of the contract, or not with 200.
  return {
    call,
    device: async (mac) => (await read(mac, '')) as Device,
    versions: async (mac) =>
      ((await read(mac, '/recovery-key/versions')) as { items: readonly KeyVersion[] }).items,
    attempt: async (mac, id) => (await read(mac, `/attempts/${id}`)) as Attempt,
    accessLog: async (mac) =>
      ((await read(mac, '/access-log')) as { items: readonly AccessLogEntry[] }).items,
    reveal: (email, mac, version) =>
      call(email, 'POST', `/api/v1/devices/${mac.device}/recovery-key/reveal`, {
        reason: 'Trying what may be had',
        ...(version === undefined ? {} : { version }),
      }),
    learnDevice: async (mac) => {
      if (mac.device !== null) return;
      const { body } = await call(mac.owner, 'GET', '/api/v1/devices?limit=200');
      const { items } = body as DeviceList;
      mac.device = items.find((each) => each.serialNumber === mac.mac.identity.serialNumber)?.id ?? null;
    },
    profile: async (email) => {
      const offered = await call(email, 'POST', '/api/v1/enrollments', {});
      if (offered.status !== 201) return null;
      const { profileUrl } = offered.body as { readonly profileUrl: string };
      return (await world.person(email)).bytes(profileUrl).catch(() => null);
    },
  };
}

export const codeOf = ({ body }: ApiAnswer): unknown =>
  typeof body === 'object' && body !== null && 'code' in body ? body.code : null;

export const keyOf = ({ body }: ApiAnswer): string | null =>
  typeof body === 'object' && body !== null && 'recoveryKey' in body && typeof body.recoveryKey === 'string'
    ? body.recoveryKey
    : null;
