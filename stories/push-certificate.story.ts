import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { Fleet } from '@keyhaven/mac/fleet';
import { ConfigRefused, readConfig } from 'keyhaven/config';
import { signIn } from 'keyhaven/evaluation/person';
import { type Server, startServer } from 'keyhaven/main';
import { CertificateMaker, topicNumber } from 'keyhaven/modules/push-certificate/push-certificate.fixture';
import { createTestDatabase, type TestDatabase } from 'keyhaven/platform/db/test-database';
import { openLog } from 'keyhaven/platform/log/log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { until } from './world.ts';

// The whole server, with an Apple that demands the client certificate.
const settingsPath = '/api/v1/settings/push-certificate';
const topic = topicNumber(26);
const maker = new CertificateMaker();
const [first, renewed, apple] = [maker.make(topic), maker.make(topic), maker.makeServer()];
const usual = tls.getCACertificates('default');
let folder: string;
let testDatabase: TestDatabase;
let fleet: Fleet;
let server: Server;
let log = '';

const start = async (key: string): Promise<Server> =>
  startServer({
    config: readConfig({
      KEYHAVEN_PORT: String(await freePort()),
      KEYHAVEN_DATA: folder,
      KEYHAVEN_DATABASE_URL: testDatabase.connectionString,
      KEYHAVEN_APNS_URL: fleet.apns.url,
      KEYHAVEN_APNS_CERTIFICATE: first.certificate,
      KEYHAVEN_APNS_KEY: key,
    }),
    connectionString: testDatabase.connectionString,
    log: openLog({ destination: { write: (line: string) => void (log += line) } }),
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-story-'));
  testDatabase = await createTestDatabase();
  tls.setDefaultCACertificates([...usual, apple.certificate]);
  fleet = await Fleet.start({
    retryMilliseconds: 300,
    apnsTls: {
      cert: apple.certificate,
      key: apple.key,
      requestCert: true,
      rejectUnauthorized: true,
      ca: [first.certificate, renewed.certificate],
    },
  });
});
afterAll(async () => {
  await server.stop();
  await fleet.close();
  await testDatabase.close();
  tls.setDefaultCACertificates(usual);
  maker.remove();
  await rm(folder, { recursive: true, force: true });
});

test('a certificate of the settings with the key of another keeps the server from starting', async () => {
  const refused = await start(renewed.key).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigRefused);
});

test('a Mac enrolls with the topic of the settings, and is pushed with it and with its renewal', async () => {
  server = await start(first.key);
  const [emma, admin] = await Promise.all(
    ['employee@example.com', 'admin@example.com'].map((email) => signIn(server.url, email, 'keyhaven')),
  );
  if (emma === undefined || admin === undefined) throw new Error('nobody signed in');
  expect(await admin.call('GET', settingsPath)).toMatchObject({ source: 'settings', topic, enrolledMacs: 0 });

  const mac = await fleet.addMac({ identity: { name: 'Pushed Mac' }, fileVaultEnabled: true });
  await mac.enroll(await emma.enrollmentProfile());
  const device = await until(
    async () => (await emma.myMacs()).find(({ name }) => name === 'Pushed Mac') ?? null,
    (found) => found.fileVaultProfile === 'acknowledged' && found.encryption.enabled === true,
  );
  // Only a push can bring the Mac back: it has said Idle and been sent away.
  const store = async (): Promise<string> =>
    (await emma.store(device.id, mac.paper.currentRecoveryKey ?? '')).state;
  expect(await store()).toBe('saved');
  expect(await admin.call('PUT', settingsPath, renewed)).toMatchObject({
    source: 'stored',
    topic,
    enrolledMacs: 1,
    refusedByApple: null,
  });
  expect(await store()).toBe('saved');
  await expect(admin.call('PUT', settingsPath, maker.make(topicNumber(27)))).rejects.toThrow('409');
  expect(log).not.toContain('push failed');
  expect(log).not.toContain('PRIVATE KEY');
});
