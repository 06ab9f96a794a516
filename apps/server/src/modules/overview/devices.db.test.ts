import { attempt as attemptShape } from '@keyhaven/api-contract/attempt';
import { deviceList, device as deviceShape } from '@keyhaven/api-contract/device';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../kernel/clock.ts';
import { type Mac, newKey, type Person } from '../escrow/escrow-world.fixture.ts';
import { openPortal, type Portal } from './portal.fixture.ts';

let portal: Portal;
let emma: Person;
let noah: Person;
let helpDesk: Person;
let admin: Person;
beforeAll(async () => {
  portal = await openPortal();
  emma = await portal.person('Emma');
  noah = await portal.person('Noah');
  helpDesk = await portal.person('Hugo', 'help-desk');
  admin = await portal.person('Ada', 'administrator');
});
afterAll(async () => {
  expect(portal.faults).toEqual([]);
  await portal.close();
});

const show = async (who: Person, mac: Mac) =>
  deviceShape.parse((await portal.call(who, 'GET', `/devices/${mac.device}`)).body);
const list = async (who: Person, query: string) =>
  deviceList.parse((await portal.call(who, 'GET', `/devices?${query}`)).body);
const namesOf = async (who: Person, query: string) => (await list(who, query)).items.map(({ name }) => name);

describe('a Mac', () => {
  it('is shown whole to its owner and to IT, to each with their own actions', async () => {
    const mac = await portal.mac(emma, { name: 'Emma’s Mac' });
    await portal.giveKey(mac, 'current');
    const shown = await show(emma, mac);
    expect(shown).toMatchObject({
      id: mac.device,
      name: 'Emma’s Mac',
      model: 'MacBook Air',
      osVersion: '26.1',
      ownership: 'personal',
      owner: { name: 'Emma', email: 'emma@example.com' },
      encryption: { enabled: true, hasPersonalRecoveryKey: true },
      recoveryKey: { state: 'current', version: 1, source: 'rotation' },
      attempt: null,
      access: { state: 'can-access', until: null, reasons: [] },
      enrollment: { state: 'active' },
      fileVaultProfile: 'sent',
      actions: ['store', 'reveal', 'rotate', 'check-status', 'rename', 'remove'],
    });
    expect(shown.recoveryKey.provenAt).not.toBeNull();
    expect(await show(helpDesk, mac)).toEqual({ ...shown, actions: ['rotate', 'check-status'] });
  });

  it('without a key is in its grace period, then blocked', async () => {
    const late = await openPortal();
    const owner = await late.person('Lea');
    const mac = await late.mac(owner);
    const ask = async (who: Person) =>
      deviceShape.parse((await late.call(who, 'GET', `/devices/${mac.device}`)).body).access;
    const grace = await ask(owner);
    expect(grace).toMatchObject({ state: 'grace', reasons: ['recovery-key-not-stored'] });
    const left = new Date(grace.until ?? 0).getTime() - late.clock.now().getTime();
    expect(left).toBeGreaterThan(days(14) - 60_000);
    late.clock.advance(days(14));
    expect(await ask(await late.signIn(await late.person('It', 'auditor'), 0))).toMatchObject({
      state: 'blocked',
      until: null,
    });
    await late.close();
  });

  it('shows a store on its way, and what the Mac said of a failure to IT only', async () => {
    const mac = await portal.mac(emma);
    const key = newKey();
    const body = { recoveryKey: key, confirmation: key };
    const stored = await portal.call(emma, 'PUT', `/devices/${mac.device}/recovery-key`, body);
    const begun = attemptShape.parse(stored.body);
    expect(stored.status).toBe(202);
    expect(begun).toMatchObject({ kind: 'store', state: 'waiting-for-device', startedBy: 'Emma' });
    expect(await show(emma, mac)).toMatchObject({
      recoveryKey: { state: 'candidate', version: 1, source: 'typed' },
      attempt: begun,
      access: { reasons: ['recovery-key-not-proved'] },
    });
    await sql`update attempts set state = 'stuck', device_words = 'MCMDMErrorDomain 1 no'
      where id = ${begun.id}`.execute(portal.database);
    const url = `/devices/${mac.device}/attempts/${begun.id}`;
    expect((await portal.call(emma, 'GET', url)).body).toMatchObject({
      state: 'uncertain',
      advice: 'make-new-key-at-mac',
      deviceError: null,
    });
    expect((await portal.call(helpDesk, 'GET', url)).body).toMatchObject({
      deviceError: 'MCMDMErrorDomain 1 no',
    });
    expect((await show(emma, mac)).recoveryKey.state).toBe('uncertain');
  });

  it('shows the attempt that is open, whatever the order of clocks', async () => {
    const mac = await portal.mac(emma);
    await portal.giveKey(mac, 'current');
    const first = attemptShape.parse(
      (await portal.call(emma, 'POST', `/devices/${mac.device}/recovery-key/rotate`, {})).body,
    );
    await sql`insert into attempts (id, device_id, kind, ownership_class, state, reason, started_by_name,
        started_at, ended_at)
      values (gen_random_uuid(), ${mac.device}, 'store', 'personal', 'failed', 'superseded', 'Emma',
        now() + interval '1 hour', now() + interval '1 hour')`.execute(portal.database);
    expect((await show(emma, mac)).attempt?.id).toBe(first.id);
  });

  it('in quarantine is shown to IT only, never to the person who claims it', async () => {
    const owned = await portal.mac(noah, { name: 'Noah’s Mac' });
    const claimed = await portal.mac(emma, { udid: owned.udid, name: 'A claim' });
    expect(claimed.device).not.toBe(owned.device);
    expect((await portal.call(emma, 'GET', `/devices/${claimed.device}`)).status).toBe(404);
    expect(await namesOf(emma, 'scope=mine')).not.toContain('A claim');
    expect(await show(admin, claimed)).toMatchObject({
      enrollment: { state: 'quarantined' },
      actions: ['remove'],
    });
    expect(await namesOf(admin, 'scope=all&search=a%20claim')).toEqual(['A claim']);
    const key = newKey();
    const body = { recoveryKey: key, confirmation: key };
    expect((await portal.call(emma, 'PUT', `/devices/${claimed.device}/recovery-key`, body)).status).toBe(
      404,
    );
  });

  it('that was removed stays in its owner’s list, with Get recovery key', async () => {
    const mac = await portal.mac(emma, { name: 'Removed' });
    const key = await portal.giveKey(mac, 'current');
    const removed = await portal.call(emma, 'DELETE', `/devices/${mac.device}`);
    expect(removed.status).toBe(202);
    expect(removed.body).toMatchObject({ enrollment: { state: 'ended' }, actions: ['reveal'] });
    expect(await namesOf(emma, 'scope=mine&search=removed')).toEqual(['Removed']);
    const shown = await portal.call(emma, 'POST', `/devices/${mac.device}/recovery-key/reveal`, {});
    expect(shown.body).toMatchObject({ recoveryKey: key, state: 'current', hideAfterSeconds: 300 });
    const again = await portal.call(emma, 'POST', `/devices/${mac.device}/check-status`);
    expect(again.status).toBe(409);
  });

  it('takes the name its owner gives it', async () => {
    const mac = await portal.mac(emma);
    const renamed = await portal.call(emma, 'PATCH', `/devices/${mac.device}`, { name: ' Studio ' });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Studio' } });
    expect((await portal.call(admin, 'PATCH', `/devices/${mac.device}`, { name: 'X' })).status).toBe(403);
  });

  it('is asked to report now', async () => {
    const mac = await portal.mac(emma);
    portal.woken.length = 0;
    expect((await portal.call(helpDesk, 'POST', `/devices/${mac.device}/check-status`, {})).status).toBe(202);
    expect(portal.woken).toContain(mac.enrollment);
  });
});

describe('the list of Macs', () => {
  it('of my own needs no permission, and that of all needs it', async () => {
    const mine = await list(noah, '');
    expect(new Set(mine.items.map(({ owner }) => owner.name))).toEqual(new Set(['Noah']));
    expect((await portal.call(noah, 'GET', '/devices?scope=all')).status).toBe(403);
    expect(new Set((await list(helpDesk, 'scope=all')).items.map(({ owner }) => owner.name))).toEqual(
      new Set(['Emma', 'Noah']),
    );
  });

  it('follows the name page by page, each Mac once, whatever the names', async () => {
    const zoe = await portal.person('Zoe');
    const names = ['b', 'B', 'a', 'Ä', '100%', 'b', '_', 'z'.repeat(300), 'ß', '😀'];
    for (const name of names) await portal.mac(zoe, { name });
    const seen: string[] = [];
    for (let query: string | null = 'limit=3'; query !== null; ) {
      const page = await list(zoe, query);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ id }) => id));
      query = page.next === null ? null : `limit=3&cursor=${encodeURIComponent(page.next)}`;
    }
    expect(seen).toEqual((await list(zoe, '')).items.map(({ id }) => id));
    expect(new Set(seen).size).toBe(names.length);
  });

  it('finds text anywhere in name, serial number, model, owner and e-mail, as it stands', async () => {
    const owner = await portal.person('Yara');
    await portal.mac(owner, { name: '100% Wolle', serialNumber: 'C02SERIAL9' });
    await portal.mac(owner, { name: '100 Wolle' });
    for (const query of ['100%25', 'c02serial', 'cbook', 'yARA', 'yara@exam'])
      expect(await namesOf(admin, `scope=all&search=${query}&limit=200`)).toContain('100% Wolle');
    expect(await namesOf(owner, 'search=100%25')).toEqual(['100% Wolle']);
    expect(await namesOf(admin, 'scope=all&search=wolle_')).toEqual([]);
    expect(await namesOf(admin, 'scope=all&search=C02SERIAL9%20Mac')).toEqual([]);
  });

  it('tells nothing by the cursor of a Mac that is not the caller’s', async () => {
    const foreign = await portal.mac(emma, { name: ' ' });
    expect(await namesOf(noah, `cursor=${foreign.device}`)).toEqual([]);
    expect(await portal.call(noah, 'GET', '/devices?cursor=x')).toMatchObject({
      status: 400,
      body: { field: 'cursor' },
    });
  });
});
