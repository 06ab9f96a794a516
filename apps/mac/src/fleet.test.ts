import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runMacCommand } from './cli.ts';
import { openControl } from './control.ts';
import { operate } from './control-operations.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import type { SimulatedMac } from './mac.ts';
import { TestMdmServer } from './test-support/mdm-server.ts';
import { makeCertificate, type TestCertificate } from './test-support/openssl.ts';
import { enrollmentProfile } from './test-support/profiles.ts';
import { testSurroundings } from './test-support/surroundings.ts';

let ca: TestCertificate;
let server: TestMdmServer;
let folder: string;
const started: Fleet[] = [];

beforeAll(() => {
  ca = makeCertificate('device ca');
});
beforeEach(async () => {
  server = await new TestMdmServer(ca).start();
  folder = await mkdtemp(join(tmpdir(), 'keyhaven-fleet-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((fleet) => fleet.close()));
  await server.stop();
  await rm(folder, { recursive: true });
});

async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const fleet = await Fleet.start({ folder, surroundings: testSurroundings(), ...options });
  started.push(fleet);
  return fleet;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

function queueRotation(mac: SimulatedMac): string {
  const fields = { KeyType: 'personal', FileVaultUnlock: { Password: mac.paper.currentRecoveryKey ?? '' } };
  return server.queue('RotateFileVaultKey', fields);
}

async function pushTo(fleet: Fleet, mac: Pick<SimulatedMac, 'state'>): Promise<number> {
  const { enrollment } = mac.state;
  const session = connect(fleet.apns.url);
  const stream = session.request({
    ':method': 'POST',
    ':path': `/3/device/${enrollment?.token.toString('hex') ?? ''}`,
    'apns-topic': enrollment?.topic ?? '',
    'apns-push-type': 'mdm',
    'apns-priority': '10',
    'apns-expiration': '0',
  });
  stream.end(JSON.stringify({ mdm: enrollment?.pushMagic }));
  let status = 0;
  stream.on('response', (answer) => {
    status = Number(answer[':status']);
  });
  stream.resume();
  await once(stream, 'end');
  session.close();
  return status;
}

describe('a fleet', () => {
  test('wakes the Mac that a push is for, and only that one', async () => {
    const fleet = await startFleet();
    const first = await fleet.addMac();
    const second = await fleet.addMac();
    await first.enroll(enrollmentProfile(server.url, ca.der));
    await second.enroll(enrollmentProfile(server.url, ca.der));
    server.seen.length = 0;
    expect(await pushTo(fleet, second)).toBe(200);
    await second.settled();
    expect(server.seen.map(({ fields }) => fields['UDID'])).toEqual([second.identity.udid]);
    expect([first.pushCount, second.pushCount]).toEqual([0, 1]);
  });

  test('lets APNs answer 410 for the token of an ended enrollment, after a restart too', async () => {
    const fleet = await startFleet();
    const mac = await fleet.addMac();
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    const { enrollment } = mac.state;
    await mac.unenroll();
    const former = { state: { ...mac.state, enrollment } };
    expect(await pushTo(fleet, former)).toBe(410);
    await fleet.close();
    started.length = 0;
    expect(await pushTo(await startFleet(), former)).toBe(410);
  });

  test('puts every key on paper before its answer leaves, for the owner alone to read', async () => {
    const seenOnPaper: unknown[] = [];
    const fleet = await startFleet({
      onRecoveryKeyChanged: async () => {
        seenOnPaper.push(server.statuses().length, await readJson('papers.json'));
      },
    });
    const mac = await fleet.addMac();
    const other = await fleet.addMac({ fileVaultEnabled: false });
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    queueRotation(mac);
    await mac.poll();
    expect(seenOnPaper).toEqual([3, { macs: [mac.paper, other.paper] }]);
    expect(server.statuses()).toHaveLength(4);
    expect((await stat(join(folder, 'papers.json'))).mode & 0o777).toBe(0o600);
  });

  test('brings its Macs back as they were, with their papers told before they poll', async () => {
    const fleet = await startFleet();
    const mac = await fleet.addMac({ identity: { name: 'Kept' } });
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    await fleet.close();
    started.length = 0;
    server.seen.length = 0;
    const told: unknown[] = [];
    const again = await startFleet({
      onRecoveryKeyChanged: (paper) => void told.push(paper, server.statuses().length),
    });
    const [back] = again.macs;
    expect(told).toEqual([mac.paper, 0]);
    expect(back?.state).toEqual(mac.state);
    await back?.settled();
    expect(server.statuses()).toEqual(['Idle']);
  });

  test('has room for two Macs that say they are the same, each with its own voice and paper', async () => {
    const fleet = await startFleet();
    const mac = await fleet.addMac();
    const { udid, serialNumber } = mac.identity;
    const impostor = await fleet.addMac({ identity: { udid, serialNumber } });
    expect(fleet.find(udid)).toBe(mac);
    expect(fleet.find(udid, 2)).toBe(impostor);
    expect(fleet.papers).toHaveLength(2);
    expect(impostor.paper.currentRecoveryKey).not.toBe(mac.paper.currentRecoveryKey);
  });

  test('lets a push reach the copy of a Mac that was there last', async () => {
    const fleet = await startFleet();
    const mac = await fleet.addMac();
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    const copy = await fleet.copyMac(mac, { udid: '11111111-2222-4333-8444-555555555555' });
    server.seen.length = 0;
    expect(await pushTo(fleet, mac)).toBe(200);
    await copy.settled();
    expect(server.seen.map(({ fields }) => fields['UDID'])).toEqual([copy.identity.udid]);
  });

  test('needs no folder', async () => {
    const fleet = await Fleet.start({ surroundings: testSurroundings() });
    started.push(fleet);
    const mac = await fleet.addMac();
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    expect(await pushTo(fleet, mac)).toBe(200);
  });
});

describe('the control channel', () => {
  test('lets nobody in without its token', async () => {
    const control = await openControl(await startFleet());
    expect((await fetch(`${control.url}/macs`)).status).toBe(401);
    const wrong = { headers: { authorization: 'Bearer nothing' } };
    expect((await fetch(`${control.url}/macs`, wrong)).status).toBe(401);
    await control.close();
  });

  test('does what hands at the Mac can do', async () => {
    const fleet = await startFleet();
    const control = await openControl(fleet);
    const call = async (line: string, body?: string | Buffer): Promise<{ status: number; said: unknown }> => {
      const [method = '', path = ''] = line.split(' ');
      const answer = await fetch(control.url + path, {
        method,
        headers: { authorization: `Bearer ${control.token}` },
        ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
      });
      return { status: answer.status, said: await answer.json() };
    };
    await call('POST /macs', '{"name":"Lab 1","fileVaultEnabled":false}');
    const [mac] = fleet.macs;
    const at = `/macs/${mac?.identity.udid ?? ''}`;
    expect(await call('GET /macs')).toMatchObject({
      said: { apns: fleet.apns.url, macs: [{ name: 'Lab 1', enrolled: false, behaviour: 'answers' }] },
    });
    expect(await call(`POST ${at}/enroll`, 'hello')).toMatchObject({
      status: 422,
      said: { error: 'malformed' },
    });
    const profile = enrollmentProfile(server.url, ca.der);
    expect(await call(`POST ${at}/enroll`, profile)).toMatchObject({ said: { enrolled: true } });
    expect(await call(`PUT ${at}/filevault`, '{"enabled":true}')).toMatchObject({
      said: { fileVault: { enabled: true, hasEscrowCopy: false } },
    });
    const key = mac?.paper.currentRecoveryKey;
    expect(await call(`GET ${at}/recovery-key`)).toMatchObject({ said: { currentRecoveryKey: key } });
    await call(`POST ${at}/new-recovery-key`);
    expect(mac?.paper.currentRecoveryKey).not.toBe(key);
    expect(await call(`PUT ${at}/behaviour`, '{"name":"dances"}')).toMatchObject({ status: 400 });
    const again = JSON.stringify({ name: 're-enrolls', profile: profile.toString('base64') });
    expect(await call(`PUT ${at}/behaviour`, again)).toMatchObject({ said: { behaviour: 're-enrolls' } });
    if (mac !== undefined) queueRotation(mac);
    server.seen.length = 0;
    await call(`POST ${at}/wake`);
    expect(server.statuses()).toEqual(['Idle', 'Authenticate', 'TokenUpdate']);
    expect(await call(`POST ${at}/erase`)).toMatchObject({ said: { enrolled: false, profiles: [] } });
    expect(await call(`POST ${at}/dance`)).toMatchObject({ status: 404 });
    expect(await call('GET /macs/unknown')).toMatchObject({ status: 404 });
    await control.close();
  });
});

test('over the control channel a Mac is backed up, restored, copied and repaired', async () => {
  const fleet = await startFleet();
  const mac = await fleet.addMac();
  await mac.enroll(enrollmentProfile(server.url, ca.der));
  const at = `/macs/${mac.identity.udid}`;
  const run = (line: string, body: unknown = {}): ReturnType<typeof operate> =>
    operate(fleet, line, Buffer.from(JSON.stringify(body)));
  const { body: backup } = await run(`POST ${at}/back-up`);
  await run(`POST ${at}/unenroll`);
  expect(await run(`POST ${at}/restore`, backup)).toMatchObject({ status: 200, body: { enrolled: true } });
  expect(await run(`POST ${at}/restore`, {})).toMatchObject({ status: 400 });
  expect(await run(`POST ${at}/copy`)).toMatchObject({ body: mac.identity });
  expect(await run(`GET ${at}.2`)).toMatchObject({ status: 200, body: { enrolled: true } });
  expect(await run(`GET ${at}.3`)).toMatchObject({ status: 404 });
  const claimed = { udid: mac.identity.udid, serialNumber: mac.identity.serialNumber };
  expect(await run('POST /macs', claimed)).toMatchObject({ body: { ...claimed, enrolled: false } });
  expect(await run(`POST ${at}.2/swap-logic-board`, { serialNumber: 'new' })).toMatchObject({
    body: { enrolled: false },
  });
  expect(fleet.macs[1]?.identity.serialNumber).not.toBe(mac.identity.serialNumber);
});

describe('the command', () => {
  test('starts the Macs, says where they are, and never prints a key', async () => {
    const printed: string[] = [];
    const profile = join(folder, 'enroll.mobileconfig');
    await writeFile(profile, enrollmentProfile(server.url, ca.der));
    const papers: unknown[] = [];
    const code = await runMacCommand(
      ['--folder', join(folder, 'macs'), '--count', '2', '--enroll', profile],
      {
        print: (line) => void printed.push(line),
        untilStopped: async () => {
          papers.push(await readJson('macs/papers.json'), await readJson('macs/control.json'));
        },
      },
    );
    expect(code).toBe(0);
    expect(printed.slice(1).filter((line) => line.endsWith('(enrolled)'))).toHaveLength(2);
    expect(papers[1]).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/u) });
    expect(JSON.stringify(papers[0]).match(/"currentRecoveryKey":"/gu)).toHaveLength(2);
    expect(printed.join('\n')).not.toMatch(/(?:[2-9A-Z]{4}-){5}/u);
  });

  test('with arguments it does not know says how it is used', async () => {
    const printed: string[] = [];
    const world = { print: (line: string) => void printed.push(line), untilStopped: () => Promise.resolve() };
    expect(await runMacCommand(['--fly'], world)).toBe(2);
    expect(await runMacCommand(['--help'], world)).toBe(0);
    expect(printed[0]).toContain('keyhaven mac');
  });
});
