import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrollAs, progressOf } from '../enrolling.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type Desk, erin, it, openDesk } from './desk.ts';

const list = '/api/v1/corporate-identifiers';
let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

const add = (...serialNumbers: readonly string[]) => desk.call(it, 'POST', list, { serialNumbers });
const ownershipOf = async (serialNumber: string): Promise<string> => {
  const { id } = await desk.managed(erin, { identity: { serialNumber } });
  return (await desk.see(it, id)).ownership;
};

describe('a Mac that enrolls', () => {
  test('is corporate when its serial number is on IT’s list, in whatever case, and personal otherwise', async () => {
    expect(await add('zlisted0001', ' ZLISTED0002 ')).toMatchObject({ status: 200, body: { changed: 2 } });
    expect(await ownershipOf('ZLISTED0001')).toBe('corporate');
    expect(await ownershipOf('zlisted0002')).toBe('corporate');
    expect(await ownershipOf('ZUNLISTED01')).toBe('personal');
  });

  test('is personal again once its serial number is off the list', async () => {
    await add('ZSOLD000001');
    const { body } = await desk.call(it, 'DELETE', list, { serialNumbers: ['zsold000001', 'ZNEVER00001'] });
    expect(body).toEqual({ changed: 1 });
    expect(await ownershipOf('ZSOLD000001')).toBe('personal');
  });

  test.each(['corporate', 'personal'] as const)(
    'is %s when IT says so at the offer, whatever the list says',
    async (ownership) => {
      const serialNumber = ownership === 'personal' ? 'ZOFFERED001' : 'ZOFFERED002';
      if (ownership === 'personal') await add(serialNumber);
      const mac = await world.fleet.addMac({ identity: { serialNumber } });
      const ada = await world.freshPerson(it);
      const { deviceId } = await progressOf(ada, await enrollAs(ada, mac, { ownership }));
      expect((await desk.see(it, deviceId ?? '')).ownership).toBe(ownership);
    },
  );

  test('with a listed serial number stays what IT made of it since, also when it enrolls again', async () => {
    await add('ZPRIVATE001');
    const { mac, id } = await desk.managed(erin, { identity: { serialNumber: 'ZPRIVATE001' } });
    const change = { ownership: 'personal' };
    expect((await desk.call(it, 'PATCH', `/api/v1/devices/${id}`, change)).status).toBe(200);
    await desk.enroll(erin, mac);
    expect((await desk.see(it, id)).ownership).toBe('personal');
  });
});

describe('a personal Mac whose serial number is listed later', () => {
  test('stays personal, also when it enrolls again, and IT gets none of its keys', async () => {
    const { mac, id } = await desk.stored(erin);
    expect((await add(mac.identity.serialNumber)).status).toBe(200);
    expect((await desk.see(it, id)).ownership).toBe('personal');
    await desk.enroll(erin, mac);
    expect((await desk.see(it, id)).ownership).toBe('personal');
    expect((await desk.keys(it, id)).map(({ key }) => key)).toEqual([null, null]);
    expect(await desk.notices(erin, id)).not.toContain('ownership-changed');
  });
});

describe('the list', () => {
  test('is read by page, and only by those who may read Macs', async () => {
    await add('ZPAGE000001', 'ZPAGE000002', 'ZPAGE000003');
    const all: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { status, body } = await desk.call(it, 'GET', `${list}?limit=2${query}`);
      expect(status).toBe(200);
      // Safe because 200 has this shape.
      const page = body as {
        items: readonly { serialNumber: string; addedBy: string }[];
        next: string | null;
      };
      expect(page.items.every(({ addedBy }) => addedBy === 'Ada Administrator')).toBe(true);
      all.push(...page.items.map(({ serialNumber }) => serialNumber));
      cursor = page.next;
    }
    expect(all).toEqual(expect.arrayContaining(['ZPAGE000001', 'ZPAGE000002', 'ZPAGE000003']));
    expect(new Set(all).size).toBe(all.length);
    expect((await desk.call(it, 'GET', `${list}?limit=0`)).status).toBe(400);
    expect((await desk.call(erin, 'GET', list)).status).toBe(403);
    expect((await fetch(new URL(list, world.origin))).status).toBe(401);
  });

  test.each(['POST', 'DELETE'])(
    '%s takes serial numbers and nothing else, from those who may write Macs',
    async (method) => {
      const change = (who: string, body: unknown) => desk.call(who, method, list, body);
      const one = { serialNumbers: ['ZWRITE00001'] };
      const oneField = { code: 'invalid-request' };
      for (const wrong of [
        {},
        { serialNumbers: [] },
        { serialNumbers: ['no serial number'] },
        { ...one, more: 1 },
      ]) {
        expect(await change(it, wrong)).toMatchObject({ status: 400, body: oneField });
      }
      for (const who of [erin, 'helpdesk@example.com', 'auditor@example.com']) {
        expect((await change(who, one)).status).toBe(403);
      }
      const many = {
        serialNumbers: Array.from({ length: 9000 }, (_, index) => `ZMANY${String(index).padStart(6, '0')}`),
      };
      expect((await change(it, many)).status).toBe(413);
      const headers = { origin: world.origin, 'content-type': 'application/json' };
      const unknown = await fetch(new URL(list, world.origin), {
        method,
        headers,
        body: JSON.stringify(one),
      });
      expect(unknown.status).toBe(401);
      expect((await change(it, one)).status).toBe(200);
    },
  );
});
