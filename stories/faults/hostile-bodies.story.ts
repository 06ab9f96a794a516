import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedMacs } from './bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { send, speakingTo } from './mac-voice.ts';
import type { WatchedMac } from './watched-mac.ts';

let world: BenchWorld;
let first: WatchedMac;

beforeAll(async () => {
  world = await startBenchWorld();
  const { macs } = await storedMacs(world, ['employee@example.com']);
  const [any] = macs;
  if (any === undefined) throw new Error('there is no Mac');
  first = any;
});
afterAll(() => world.close());

describe('the JSON API', () => {
  const canary = 'QQQQ-WWWW-EEEE-RRRR-TTTT-YYYY';
  const path = (): string => `/api/v1/devices/${first.device}/recovery-key`;
  const put = async (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    (await world.person(first.owner)).request(path(), {
      method: 'PUT',
      body,
      headers: { origin: world.origin, 'content-type': 'application/json', ...headers },
    });

  it('names the field that is in the wrong shape and never repeats the value', async () => {
    const shapes = [
      { recoveryKey: [canary], confirmation: canary },
      { recoveryKey: canary },
      { recoveryKey: canary, confirmation: canary, [canary]: true },
      { recoveryKey: canary, confirmation: { toString: canary } },
      [canary],
      canary,
    ];
    for (const shape of shapes) {
      const response = await put(JSON.stringify(shape));
      const text = await response.text();
      expect([response.status, text.includes(canary)]).toEqual([400, false]);
      expect(JSON.parse(text)).toMatchObject({ code: 'invalid-request' });
    }
    const named = await put(JSON.stringify(shapes[1]));
    expect(await named.json()).toMatchObject({ field: 'confirmation' });
    const torn = await put(`{"recoveryKey":"${canary}",`);
    expect([torn.status, (await torn.text()).includes(canary)]).toEqual([400, false]);
  });

  it('refuses a body over 64 KiB with 413 and one of another origin with 403', async () => {
    const tooLong = JSON.stringify({ recoveryKey: '', confirmation: '' }).padEnd(64 * 1024 + 1);
    expect((await put(tooLong)).status).toBe(413);
    for (const origin of ['http://evil.example', 'null', `${world.origin}.evil.example`]) {
      const response = await put('{}', { origin });
      expect([response.status, await response.json()]).toMatchObject([403, { code: 'origin-required' }]);
    }
    expect(world.logged()).not.toContain(canary);
  });
});

describe('a body from a Mac', () => {
  it('over 2 MiB is refused with 413, at both doors', async () => {
    const { put } = speakingTo(world.origin)(first.mac);
    expect((await put(Buffer.alloc(2 * 1024 * 1024 + 1, 0x20), 'AAAA')).status).toBe(413);
    const enrollment = scepPath();
    const { status } = await send(
      `${world.origin}${enrollment}`,
      'POST',
      Buffer.alloc(2 * 1024 * 1024 + 1),
      {},
    );
    expect(status).toBe(413);
  });

  it('that is no SCEP message is refused with 400', async () => {
    for (const body of ['', 'hello', '\u0030\u0080'.repeat(1000)]) {
      const { status } = await send(`${world.origin}${scepPath()}`, 'POST', Buffer.from(body, 'latin1'), {});
      expect(status).toBe(400);
    }
  });
});

/** The address that a Mac has asked for its certificate at. */
function scepPath(): string {
  const found = world.exchanges.find(({ request }) => request.start.includes('PKIOperation'));
  return found?.request.start.split(' ')[1] ?? '';
}
