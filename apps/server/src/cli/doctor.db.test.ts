import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { newMasterKeys } from '@keyhaven/sealing/master-keys';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../main.ts';
import {
  canaries,
  type DoctorWorld,
  describeFully,
  host,
  makeDoctorWorld,
} from './doctor/doctor-world.fixture.ts';
import { startMailServer } from './doctor/mail-server.fixture.ts';

let world: DoctorWorld;
let server: Server;
const folders: string[] = [];
beforeAll(async () => {
  world = await makeDoctorWorld();
  server = await world.start();
});
afterEach(() => describeFully(world.provider));
afterAll(async () => {
  await server.stop();
  await world.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function copyOfData(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-doctor-copy-'));
  folders.push(folder);
  await cp(world.folder, folder, { recursive: true });
  return folder;
}

describe('a sound installation', () => {
  it('is found sound, with the exit code 0', async () => {
    const { code, text } = await world.doctor();
    expect(text).not.toContain('✗');
    expect(code).toBe(0);
    expect(text).toContain(
      `✓ address     https://${host}:${world.front.port} leads here, for people, Macs, SCEP`,
    );
    expect(text).toMatch(/✓ tls +keys\.example\.test has a complete chain/);
    expect(text).toMatch(/✓ database +is up to date/);
    expect(text).toMatch(/✓ master key +master-keys\.json opens what this database holds/);
    expect(text).toMatch(/✓ clock +goes with that of the database and the identity provider/);
    expect(text).toMatch(/✓ sign-in +it takes our client id and secret/);
    expect(text).toContain(
      `the redirect URI to register there is https://${host}:${world.front.port}/sign-in/return`,
    );
    expect(text).toMatch(/! push +no push certificate/);
  });

  it('is said the same to programs', async () => {
    const { code, text } = await world.doctor(['--json']);
    const report: unknown = JSON.parse(text);
    expect(code).toBe(0);
    expect(report).toMatchObject({ ok: true, checks: expect.any(Array) });
    expect(report).toHaveProperty('checks.0', {
      name: 'settings',
      state: 'ok',
      findings: [{ state: 'ok', found: 'all can be read', next: null }],
    });
  });

  it('is not changed by being looked at', async () => {
    const before = await readdir(world.folder);
    await world.doctor();
    expect(await readdir(world.folder)).toEqual(before);
    const absent = path.join(await copyOfData(), 'absent');
    const { text } = await world.doctor([], { KEYHAVEN_DATA: absent, KEYHAVEN_DATABASE_URL: '' });
    expect(text).toMatch(/✓ disk .*is not there yet/);
    expect(text).toMatch(/✓ database +embedded; the first start makes it/);
    await expect(readdir(absent)).rejects.toThrow('ENOENT');
  });
});

it('an empty database is fine before the first start, and stays empty', async () => {
  const { database, connectionString } = world.database;
  const url = new URL(connectionString);
  url.pathname += '_empty';
  const name = sql.id(url.pathname.slice(1));
  await sql`create database ${name}`.execute(database);
  const before = { KEYHAVEN_DATABASE_URL: url.href, KEYHAVEN_DATA: path.join(world.folder, 'absent') };
  const looks = [await world.doctor([], before), await world.doctor([], before)];
  await sql`drop database ${name} with (force)`.execute(database);
  for (const { text } of looks) {
    expect(text).toMatch(/✓ database +is empty; the first start fills it/);
    expect(text).toMatch(/✓ master key +none yet/);
    expect(text).toMatch(/✓ mode +production; not begun yet/);
  }
});

describe('what it finds and fails', () => {
  it('settings that cannot be read, all of them, and what lives on them is left out', async () => {
    const { code, text } = await world.doctor([], {
      KEYHAVEN_OIDC_CLIENT_ID: '',
      KEYHAVEN_METRICS_PORT: 'x',
    });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ settings +KEYHAVEN_OIDC_CLIENT_ID is missing/);
    expect(text).toMatch(/✗ settings +KEYHAVEN_METRICS_PORT must be/);
    expect(text).toMatch(/! sign-in +not looked at/);
    expect(text).toMatch(/✓ database/);
  });

  it('master keys of another installation', async () => {
    const folder = await copyOfData();
    await rm(path.join(folder, 'master-keys.json'));
    await writeFile(path.join(folder, 'master-keys.json'), newMasterKeys(new Date()), { mode: 0o400 });
    const { code, text } = await world.doctor([], { KEYHAVEN_DATA: folder });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ master key .*does not open what this database holds \(does-not-open\)/);
  });

  it('master keys that are lost, or spoiled', async () => {
    const folder = await copyOfData();
    const file = path.join(folder, 'master-keys.json');
    await rm(file);
    expect((await world.doctor([], { KEYHAVEN_DATA: folder })).text).toMatch(/✗ master key .*is missing/);
    await writeFile(file, '{"canary-in-the-file', { mode: 0o400 });
    expect((await world.doctor([], { KEYHAVEN_DATA: folder })).text).toMatch(/✗ master key .*\(malformed\)/);
    await rm(file);
    await writeFile(file, newMasterKeys(new Date()), { mode: 0o644 });
    expect((await world.doctor([], { KEYHAVEN_DATA: folder })).text).toMatch(/✗ master key .*has mode 644/);
  });

  it('a database that is not there, without its password', async () => {
    const url = `postgresql://keyhaven:${canaries.database}@127.0.0.1:1/keyhaven`;
    const { code, text } = await world.doctor([], { KEYHAVEN_DATABASE_URL: url });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ database +is not reached: nothing listens there/);
  });

  it('an address of a database that is none', async () => {
    const { code, text } = await world.doctor([], {
      KEYHAVEN_DATABASE_URL: `postgresql://[${canaries.database}`,
    });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ database +is not reached/);
  });

  it('data that was begun in the other mode', async () => {
    const folder = await copyOfData();
    await writeFile(path.join(folder, 'mode'), 'evaluation');
    const { code, text } = await world.doctor([], { KEYHAVEN_DATA: folder });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ mode +the data folder was begun in evaluation mode/);
  });
});

describe('who never answers', () => {
  it('is named when the time is up, and keeps no other check from its word', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    await once(silent, 'listening');
    const address = silent.address();
    const at = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const more = {
      KEYHAVEN_DATABASE_URL: `postgresql://keyhaven@${at}/keyhaven`,
      KEYHAVEN_SCEP_URL: `https://${at}`,
      KEYHAVEN_SMTP_URL: `smtps://${at}`,
    };
    const { code, text } = await world.doctor([], more, { limitMs: 4000 });
    for (const socket of sockets) socket.destroy();
    silent.close();
    expect(text).toMatch(/✗ database +is not reached: there was no answer in time/);
    expect(text).toContain(`✗ address     https://${at} is not reached: there was no answer in time`);
    expect(text).toContain(`✗ mail        ${at} is not reached: there was no answer in time`);
    expect(text).toMatch(/✓ address +https:.* leads here, for people, Macs/);
    expect(text).toMatch(/✓ sign-in/);
    expect(code).toBe(1);
  });
});

describe('of the identity provider it finds', () => {
  it('another issuer, and does not offer it our secret', async () => {
    describeFully(world.provider, 'https://other.example.test');
    world.provider.asked.length = 0;
    const { code, text } = await world.doctor();
    expect(code).toBe(1);
    expect(text).toMatch(/✗ sign-in +it calls itself another issuer/);
    expect(world.provider.asked).not.toContain('/token');
  });

  it('a secret that is not ours', async () => {
    const { code, text } = await world.doctor([], { KEYHAVEN_OIDC_CLIENT_SECRET: 'canary-wrong-secret' });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ sign-in +it does not take our client id and secret/);
  });

  it('no key set, or nobody at all', async () => {
    world.provider.instead.set('/keys', (response) => response.writeHead(503).end());
    expect((await world.doctor()).text).toMatch(/✗ sign-in +its signing keys are not to be had/);
    world.provider.instead.delete('/keys');
    const { code, text } = await world.doctor([], { KEYHAVEN_OIDC_ISSUER: 'http://127.0.0.1:1' });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ sign-in +127\.0\.0\.1:1 is not reached: nothing listens there/);
  });
});

it('a push service is asked with --online only', async () => {
  const { key } = world.authority.issue('x');
  const apns = {
    KEYHAVEN_APNS_URL: 'https://127.0.0.1:1',
    KEYHAVEN_APNS_CERTIFICATE: world.authority.selfSigned('x', '/UID=com.apple.mgmt.External.t/CN=x').cert,
    KEYHAVEN_PUSH_TOPIC: 'com.apple.mgmt.External.t',
  };
  const wrongKey = await world.doctor(['--online'], { ...apns, KEYHAVEN_APNS_KEY: key });
  expect(wrongKey.text).toMatch(/✗ push +the key is not that of the certificate/);
  const made = world.authority.selfSigned('x', '/UID=com.apple.mgmt.External.t/CN=x');
  const right = { ...apns, KEYHAVEN_APNS_CERTIFICATE: made.cert, KEYHAVEN_APNS_KEY: made.key };
  const offline = await world.doctor([], right);
  expect([offline.code, offline.text]).toEqual([0, expect.not.stringContaining('127.0.0.1:1')]);
  const online = await world.doctor(['--online'], right);
  expect(online.text).toMatch(/✗ push +127\.0\.0\.1:1 takes no connection: nothing listens there/);
  expect(online.code).toBe(1);
  const service = createHttp2Server().listen(0, '127.0.0.1');
  await once(service, 'listening');
  const address = service.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const taken = await world.doctor(['--online'], { ...right, KEYHAVEN_APNS_URL: url });
  service.close();
  expect(taken.text).toMatch(/✓ push +127\.0\.0\.1:\d+ takes the connection/);
  expect(world.said()).not.toContain('PRIVATE KEY');
});

it('a mail server is asked with the account, which is never printed', async () => {
  const mail = await startMailServer({ served: world.authority.issue(host), password: canaries.mail });
  const url = `smtp://post:${canaries.mail}@${host}:${mail.port}`;
  const { code, text } = await world.doctor([], { KEYHAVEN_SMTP_URL: url });
  await mail.close();
  expect(text).toMatch(/✓ mail .*takes our name and password/);
  expect(code).toBe(0);
});

describe('the command', () => {
  it('has help, and refuses words it does not know', async () => {
    const help = await world.doctor(['--help']);
    expect([help.code, help.text]).toEqual([0, expect.stringContaining('--online')]);
    expect((await world.doctor(['--what'])).code).toBe(2);
  });

  it('never prints a secret', async () => {
    const file = await readFile(path.join(world.folder, 'master-keys.json'), 'utf8');
    const keys = [...file.matchAll(/"key": "(?<key>[^"]{20,})"/g)].map(
      (match) => match.groups?.['key'] ?? '',
    );
    expect(keys.length).toBeGreaterThan(2);
    const said = world.said();
    expect(said.length).toBeGreaterThan(10_000);
    expect(said).not.toContain('canary');
    for (const secret of [...keys, ...Object.values(canaries)]) {
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('hex'),
      ])
        expect(said).not.toContain(form);
    }
  });
});

it('a stored push certificate goes before that of the settings, and Macs of another topic are counted', async () => {
  const { database } = world.database;
  const topic = 'com.apple.mgmt.External.stored';
  const { cert } = world.authority.selfSigned('x', `/UID=${topic}/CN=x`);
  const [person, now] = [randomUUID(), new Date()];
  await sql`insert into people (id, issuer, subject, email, email_verified, name, created_at)
    values (${person}, 'i', 's', 'a@example.com', true, 'Ada', ${now})`.execute(database);
  await sql`insert into push_certificates (id, topic, certificate_chain, certificate_sha256, sealed_private_key,
      not_before, not_after, state, stored_by, stored_at)
    select gen_random_uuid(), ${topic}, ${cert}, sha256('x'), sealed_private_key, ${now}, ${now}, 'in-use', ${person},
      ${now} from vault_keys limit 1`.execute(database);
  expect((await world.doctor()).text).toMatch(/! push +it is signed by itself/);
  await sql`insert into enrollments (id, person_id, ownership, state, expires_at, push_topic, created_at)
    values (gen_random_uuid(), ${person}, 'personal', 'active', ${now}, 'com.apple.mgmt.External.other', ${now})`.execute(
    database,
  );
  const { code, text } = await world.doctor();
  expect(text).toMatch(/✗ push +1 Mac was enrolled with another topic/);
  expect(code).toBe(1);
});
