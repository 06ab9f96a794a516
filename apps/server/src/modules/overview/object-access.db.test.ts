import { attempt as attemptShape } from '@keyhaven/api-contract/attempt';
import { noticeList } from '@keyhaven/api-contract/notice';
import { problem } from '@keyhaven/api-contract/problem';
import { accessLog, keyVersionList, revealedKey } from '@keyhaven/api-contract/recovery-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mac, newKey, type Person } from '../escrow/escrow-world.fixture.ts';
import { httpCall, type Method } from './http-call.fixture.ts';
import { openPortal, type Portal } from './portal.fixture.ts';

let portal: Portal;
let emma: Person;
let noah: Person;
let mac: Mac;
let attempt: string;
const reason = 'Locked out, on the phone';

beforeAll(async () => {
  portal = await openPortal();
  emma = await portal.person('Emma');
  noah = await portal.person('Noah');
  mac = await portal.mac(emma);
  await portal.giveKey(mac, 'current');
  attempt = attemptShape.parse((await rotate(emma, mac)).body).id;
});
afterAll(async () => {
  expect(portal.faults).toEqual([]);
  await portal.close();
});

const rotate = (who: Person, which: Mac) =>
  portal.call(who, 'POST', `/devices/${which.device}/recovery-key/rotate`, { reason });
const reveal = (who: Person, which: Mac, version?: number) =>
  portal.call(who, 'POST', `/devices/${which.device}/recovery-key/reveal`, {
    reason,
    ...(version === undefined ? {} : { version }),
  });

type Route = { readonly method: Method; readonly path: string };

/** Every route that names a thing, from the description of the API itself. */
function routesWithIds(): readonly Route[] {
  const { paths = {} } = portal.app.swagger();
  return (
    Object.entries(paths)
      // A policy belongs to nobody: who may not read any is told so.
      .filter(([path]) => path.includes('{') && !path.includes('/policies/'))
      .flatMap(([path, methods]) =>
        Object.keys(methods ?? {}).map((method) => {
          // Safe because OpenAPI names methods in lower case, and only these are in use.
          const upper = method.toUpperCase() as Method;
          return { method: upper, path: path.replace('/api/v1', '') };
        }),
      )
  );
}

function bodyOf({ method, path }: Route): unknown {
  const key = newKey();
  if (method === 'PUT') return { recoveryKey: key, confirmation: key };
  if (method === 'PATCH') return { name: 'Mine' };
  if (path.endsWith('/quarantine')) return { decision: 'accept' };
  return method === 'POST' && path.includes('recovery-key') ? { reason } : undefined;
}

const fill = (path: string, id: string, attemptId: string): string =>
  path.replace('{id}', id).replace('{attemptId}', attemptId);

describe('somebody else’s Mac', () => {
  it('is not found on any route, word for word like one that does not exist', async () => {
    const routes = routesWithIds();
    expect(routes.length).toBeGreaterThanOrEqual(12);
    for (const route of routes) {
      const { method, path } = route;
      const answers = await Promise.all(
        [mac.device, crypto.randomUUID(), 'x', mac.device.toUpperCase(), '%00', '..%2f..'].map((id) =>
          portal.call(noah, method, fill(path, id, attempt), bodyOf(route)),
        ),
      );
      for (const { status, text } of answers) {
        expect({ route, status }).toEqual({ route, status: 404 });
        expect(text).toBe(answers[0]?.text);
      }
    }
  });

  it('is not changed by any of these tries', async () => {
    const { body } = await portal.call(emma, 'GET', `/devices/${mac.device}`);
    expect(body).toMatchObject({ name: 'Mac', attempt: { id: attempt, state: 'waiting-for-device' } });
  });

  it('does not lend its attempts to a Mac of my own', async () => {
    const mine = await portal.mac(noah);
    const url = `/devices/${mine.device}/attempts/${attempt}`;
    expect((await portal.call(noah, 'GET', url)).status).toBe(404);
    expect((await portal.call(noah, 'DELETE', url)).status).toBe(404);
  });

  it('is told to nobody who is not signed in', async () => {
    for (const route of [...routesWithIds(), { method: 'GET', path: '/devices' } as const]) {
      const path = fill(route.path, mac.device, attempt);
      expect((await portal.call(null, route.method, path, bodyOf(route))).status).toBe(401);
    }
  });
});

describe('what was not asked for', () => {
  it('is refused or ignored: nobody becomes owner, IT or fresh by a property', async () => {
    const extra = {
      ownerId: (await noah.actor()).person,
      owner: noah.name,
      permissions: ['device:read'],
      state: 'current',
    };
    const key = newKey();
    for (const [method, path, body] of [
      ['PUT', 'recovery-key', { recoveryKey: key, confirmation: key }],
      ['POST', 'recovery-key/reveal', { reason }],
      ['POST', 'recovery-key/rotate', { reason }],
      ['PATCH', '', { name: 'New name' }],
    ] as const) {
      const url = `/devices/${mac.device}/${path}`.replace(/\/$/, '');
      const { status, text } = await portal.call(emma, method, url, { ...body, ...extra });
      expect({ path, status }).toEqual({ path, status: 400 });
      expect(text).not.toContain(key);
    }
    const both = { name: 'A', ownership: 'corporate' };
    expect((await portal.call(emma, 'PATCH', `/devices/${mac.device}`, both)).status).toBe(400);
    expect((await portal.call(emma, 'GET', `/devices?owner=${extra.ownerId}&scope=mine`)).status).toBe(200);
  });

  it('of the wrong type is refused by the name of the field, never with its value', async () => {
    const key = newKey();
    const url = `/devices/${mac.device}/recovery-key`;
    for (const [body, field] of [
      [{ recoveryKey: [key], confirmation: key }, 'recoveryKey'],
      [{ recoveryKey: key, confirmation: { key } }, 'confirmation'],
      [{ recoveryKey: key }, 'confirmation'],
    ] as const) {
      const { status, body: told, text } = await portal.call(emma, 'PUT', url, body);
      expect({ status, field: problem.parse(told).field }).toEqual({ status: 400, field });
      expect(text).not.toContain(key);
    }
    for (const name of ['', '  ', 'x'.repeat(101), 'a\0b', '\ud800'])
      expect((await portal.call(emma, 'PATCH', `/devices/${mac.device}`, { name })).status).toBe(400);
    for (const bad of ['a\0b'.repeat(4), '\udfff'.repeat(9), 'x'.repeat(501)])
      expect((await portal.call(emma, 'POST', `${url}/rotate`, { reason: bad })).status).toBe(400);
    expect((await portal.call(emma, 'GET', '/devices?search=%00')).status).toBe(400);
  });

  it('in words that are no JSON is refused without repeating them', async () => {
    const key = newKey();
    const answer = await httpCall(portal.origin, {
      method: 'PUT',
      path: `/api/v1/devices/${mac.device}/recovery-key`,
      token: emma.token,
      rawBody: `{"recoveryKey": ${key}`,
    });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(key.slice(0, 4));
  });
});

describe('the key of a personal Mac', () => {
  const roles = ['administrator', 'help-desk', 'auditor', 'read-only'] as const;

  it('is closed to every role on every path', async () => {
    const personal = await portal.mac(emma);
    const key = await portal.giveKey(personal, 'current');
    const { paths = {} } = portal.app.swagger();
    const gets = Object.keys(paths)
      .filter((path) => path.startsWith('/api/v1') && !path.endsWith('/events'))
      .map((path) => fill(path.replace('/api/v1', ''), personal.device, attempt));
    for (const role of roles) {
      const staff = await portal.person(role, role);
      const may = (await staff.actor()).permissions.has('recovery-key:reveal');
      for (const version of [undefined, 1, 2]) {
        const told = await reveal(staff, personal, version);
        expect(told).toMatchObject({ status: 403, body: { code: may ? 'personal-device' : 'forbidden' } });
        expect(told.text).not.toContain(key.slice(0, 9));
      }
      for (const path of gets)
        expect((await portal.call(staff, 'GET', path)).text).not.toContain(key.slice(0, 9));
      expect(
        (await portal.call(staff, 'GET', `/devices/${personal.device}/recovery-key/versions`)).body,
      ).toMatchObject({
        items: [{ version: 1, canReveal: false }],
      });
    }
  });

  it('stays closed when the Mac becomes a company Mac; only a key made since is readable', async () => {
    const switched = await portal.mac(emma);
    const ada = await portal.person('Ada', 'administrator');
    const hugo = await portal.person('Hugo', 'help-desk');
    const before = await portal.giveKey(switched, 'superseded');
    const current = await portal.giveKey(switched, 'unproven');
    const changed = await portal.call(ada, 'PATCH', `/devices/${switched.device}`, {
      ownership: 'corporate',
    });
    expect(changed).toMatchObject({ status: 200, body: { ownership: 'corporate' } });
    expect(changed.body).not.toHaveProperty('actions', expect.arrayContaining(['reveal']));
    for (const staff of [ada, hugo])
      for (const version of [undefined, 1, 2])
        expect(await reveal(staff, switched, version)).toMatchObject({
          status: 403,
          body: { code: 'personal-device' },
        });

    const since = await portal.giveKey(switched, 'current');
    expect((await reveal(hugo, switched)).body).toMatchObject({ recoveryKey: since, version: 3 });
    for (const version of [1, 2])
      expect(await reveal(hugo, switched, version)).toMatchObject({
        status: 403,
        body: { code: 'personal-device' },
      });
    const listed = await portal.call(hugo, 'GET', `/devices/${switched.device}/recovery-key/versions`);
    expect(keyVersionList.parse(listed.body).items.map(({ canReveal }) => canReveal)).toEqual([
      true,
      false,
      false,
    ]);
    expect(listed.text).not.toContain(before);
    for (const [version, key] of [before, current, since].entries())
      expect(revealedKey.parse((await reveal(emma, switched, version + 1)).body).recoveryKey).toBe(key);
  });

  it('and its owner learn of the switch, of every look and of every rotation', async () => {
    const lea = await portal.person('Lea');
    const hers = await portal.mac(lea, { ownership: 'corporate', name: 'Lea’s' });
    await portal.giveKey(hers, 'current');
    const hugo = await portal.person('Hugo', 'help-desk');
    const ada = await portal.person('Ada', 'administrator');
    await reveal(hugo, hers);
    await rotate(hugo, hers);
    await portal.call(ada, 'PATCH', `/devices/${hers.device}`, { ownership: 'personal' });
    await portal.call(ada, 'PATCH', `/devices/${hers.device}`, { ownership: 'personal' });
    await reveal(lea, hers);
    const told = noticeList.parse((await portal.call(lea, 'GET', '/notices')).body).items;
    expect(told.map(({ kind, by, reason: why }) => [kind, by, why])).toEqual([
      ['ownership-changed', 'Ada', null],
      ['key-rotated', 'Hugo', reason],
      ['key-viewed', 'Hugo', reason],
    ]);
    const log = accessLog.parse(
      (await portal.call(lea, 'GET', `/devices/${hers.device}/access-log`)).body,
    ).items;
    expect(log.map(({ what, by, byOwner }) => [what, by, byOwner])).toEqual([
      ['viewed', 'Lea', true],
      ['asked-to-rotate', 'Hugo', false],
      ['viewed', 'Hugo', false],
    ]);
  });

  it('has an access log for its owner and the auditor, not for every role', async () => {
    const log = `/devices/${mac.device}/access-log`;
    expect((await portal.call(await portal.person('A', 'auditor'), 'GET', log)).status).toBe(200);
    expect((await portal.call(await portal.person('H', 'help-desk'), 'GET', log)).status).toBe(403);
  });
});

describe('a notice', () => {
  it('is read once, by its person only, on record', async () => {
    const [newest] = noticeList.parse((await portal.call(emma, 'GET', '/notices')).body).items;
    expect(newest?.readAt).toBeNull();
    const url = `/notices/${newest?.id}/read`;
    expect((await portal.call(noah, 'POST', url, {})).status).toBe(404);
    const first = await portal.call(emma, 'POST', url, {});
    expect(first.status).toBe(200);
    portal.clock.advance(1000);
    expect((await portal.call(emma, 'POST', url)).body).toEqual(first.body);
  });

  it('comes page by page, newest first, each once', async () => {
    const max = await portal.person('Max');
    const his = await portal.mac(max, { ownership: 'corporate' });
    await portal.giveKey(his, 'current');
    const hugo = await portal.person('Hugo', 'help-desk');
    for (let look = 0; look < 5; look += 1) await reveal(hugo, his);
    const ids: string[] = [];
    for (let query: string | null = ''; query !== null; ) {
      const page = noticeList.parse((await portal.call(max, 'GET', `/notices?limit=2${query}`)).body);
      ids.push(...page.items.map(({ id }) => id));
      query = page.next === null ? null : `&cursor=${encodeURIComponent(page.next)}`;
    }
    expect(new Set(ids).size).toBe(5);
    expect(ids).toHaveLength(5);
    expect((await portal.call(max, 'GET', '/notices?cursor=x')).status).toBe(400);
  });
});
