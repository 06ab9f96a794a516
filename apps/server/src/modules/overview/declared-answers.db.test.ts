import { attempt as attemptShape } from '@keyhaven/api-contract/attempt';
import { noticeList } from '@keyhaven/api-contract/notice';
import { policyList } from '@keyhaven/api-contract/policy';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { newKey } from '../escrow/escrow-world.fixture.ts';
import { openPortal, type Portal, portalInfoForTests } from './portal.fixture.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
});
afterAll(async () => {
  expect(portal.faults).toEqual([]);
  await portal.close();
});

const typed = (key: string, confirmation = key): object => ({ recoveryKey: key, confirmation });

/** Every status that a route declares, as `GET /api/v1/devices 200`. */
function declared(): readonly string[] {
  const { paths = {} } = portal.app.swagger();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).flatMap(([method, route]) => {
      const responses: unknown = Reflect.get(Object(route), 'responses');
      const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
      return Object.keys(Object(responses)).map((status) => `${method.toUpperCase()} ${url} ${status}`);
    }),
  );
}

it('every declared answer is given, and no other', async () => {
  const emma = await portal.person('Emma');
  const noah = await portal.person('Noah');
  const hugo = await portal.person('Hugo', 'help-desk');
  const ada = await portal.person('Ada', 'administrator');
  const { call } = portal;
  const mac = await portal.mac(emma);
  const company = await portal.mac(emma, { ownership: 'corporate' });
  const at = `/devices/${mac.device}`;
  const tooLarge = { reason: 'x'.repeat(70_000) };

  expect((await call(null, 'GET', '/portal')).body).toEqual(portalInfoForTests);
  expect((await call(null, 'GET', '/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });

  for (const path of ['', '?limit=0', '?scope=all']) await call(emma, 'GET', `/devices${path}`);
  await call(null, 'GET', '/devices');
  for (const who of [emma, noah, null]) {
    await call(who, 'GET', at);
    await call(who, 'GET', `${at}/recovery-key/versions`);
    await call(who, 'GET', `${at}/access-log`);
  }
  await call(hugo, 'GET', `${at}/access-log`);

  for (const who of [emma, noah, null, ada]) await call(who, 'PATCH', at, { name: 'Mac' });
  await call(emma, 'PATCH', at, {});
  await call(emma, 'PATCH', at, { name: 'x'.repeat(70_000) });

  const key = newKey();
  for (const who of [emma, noah, null, hugo]) await call(who, 'PUT', `${at}/recovery-key`, typed(key));
  await call(emma, 'PUT', `${at}/recovery-key`, {});
  await call(emma, 'PUT', `${at}/recovery-key`, typed('x'.repeat(70_000)));
  await call(emma, 'PUT', `${at}/recovery-key`, typed(key, newKey()));
  const { id } = attemptShape.parse((await call(emma, 'PUT', `${at}/recovery-key`, typed(key))).body);
  for (const who of [emma, noah, null]) await call(who, 'GET', `${at}/attempts/${id}`);
  for (const who of [noah, null, await portal.person('R', 'read-only'), emma, emma])
    await call(who, 'DELETE', `${at}/attempts/${id}`);
  await sql`update attempts set state = 'rotating', ended_at = null where id = ${id}`.execute(
    portal.database,
  );
  expect((await call(emma, 'PUT', `${at}/recovery-key`, typed(key))).body).toMatchObject({
    code: 'attempt-in-progress',
  });
  await sql`update attempts set state = 'failed', ended_at = now() where id = ${id}`.execute(portal.database);
  for (let count = 0, status = 202; status === 202; count += 1) {
    expect(count).toBeLessThan(21);
    ({ status } = await call(emma, 'PUT', `${at}/recovery-key`, typed(newKey())));
  }

  await call(emma, 'POST', `/devices/${company.device}/recovery-key/rotate`);
  await portal.giveKey(company, 'current');
  const companyKey = `/devices/${company.device}/recovery-key`;
  for (const who of [hugo, noah, null, await portal.person('R', 'read-only')]) {
    await call(who, 'POST', `${companyKey}/reveal`, { reason: 'Locked out' });
    await call(who, 'POST', `${companyKey}/rotate`, { reason: 'Locked out' });
  }
  for (const verb of ['reveal', 'rotate'])
    for (const body of [{ reason: 1 }, tooLarge]) await call(hugo, 'POST', `${companyKey}/${verb}`, body);
  for (let count = 0, status = 200; status === 200; count += 1) {
    expect(count).toBeLessThan(61);
    ({ status } = await call(emma, 'POST', `${companyKey}/reveal`));
  }

  const [notice] = noticeList.parse((await call(emma, 'GET', '/notices')).body).items;
  await call(emma, 'GET', '/notices?limit=x');
  await call(null, 'GET', '/notices');
  for (const who of [emma, noah, null]) await call(who, 'POST', `/notices/${notice?.id}/read`);

  const claiming = await portal.mac(noah, { udid: company.udid });
  const claim = `/devices/${claiming.device}`;
  for (const who of [emma, noah, null, hugo, ada, ada]) {
    await call(who, 'POST', `${claim}/quarantine`, { decision: 'refuse' });
  }
  for (const body of [{}, tooLarge]) await call(ada, 'POST', `${claim}/quarantine`, body);
  const other = await portal.mac(noah, { udid: company.udid });
  await call(ada, 'PATCH', `/devices/${other.device}`, { ownership: 'corporate' });
  const lost = await portal.mac(noah);
  for (const who of [emma, null, hugo, ada, ada])
    await call(who, 'DELETE', `/devices/${lost.device}/identity`);

  for (const who of [emma, noah, null, await portal.person('R', 'read-only')])
    await call(who, 'POST', `${at}/check-status`);
  for (const who of [noah, null, hugo, emma]) await call(who, 'DELETE', at);
  await call(emma, 'POST', `${at}/check-status`);

  for (const path of ['', '?limit=0']) await call(emma, 'GET', `${at}/check-ins${path}`);
  for (const who of [noah, null]) await call(who, 'GET', `${at}/check-ins`);

  for (const who of [null, emma, ada]) await call(who, 'GET', '/policies');
  const [policy] = policyList.parse((await call(ada, 'GET', '/policies')).body).items;
  const one = `/policies/${policy?.id}`;
  const nowhere = `/policies/${randomIds.next()}`;
  const change = { version: policy?.version, settings: policy?.settings };
  for (const who of [null, emma, ada]) {
    await call(who, 'GET', one);
    await call(who, 'PATCH', one, change);
  }
  for (const [path, body] of [
    [one, change],
    [one, {}],
    [one, 'x'.repeat(70_000)],
    [nowhere, change],
  ] as const)
    await call(ada, 'PATCH', path, body);
  await call(ada, 'GET', nowhere);

  await call(null, 'GET', '/events');
  for (let count = 0; count < 11; count += 1)
    await fetch(`${portal.origin}/api/v1/events`, { headers: { cookie: `keyhaven=${noah.token}` } });

  const answers = [...portal.seen].filter((answer) => !answer.startsWith('HEAD'));
  expect(new Set(answers)).toEqual(new Set(declared()));
  expect(answers.length).toBeGreaterThan(60);
});
