import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Device } from '@keyhaven/api-contract/device';
import { OpensslFolder } from '@keyhaven/apple-mdm/oracle/openssl';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { writePlist } from '@keyhaven/mac/plist';
import { runDoctor } from 'keyhaven/cli/doctor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrollAs, macOf } from './enrolling.ts';
import { type Caller, signInAs } from './faults/caller.ts';
import { type MacVoice, send, speakingTo, type VoiceAnswer } from './faults/mac-voice.ts';
import { freePort } from './free-port.ts';
import { type Nginx, prepareNginx } from './nginx.ts';
import { type ProductionWorld, startProduction } from './production-world.ts';
import { until } from './world.ts';

let nginx: Nginx;
let world: ProductionWorld;
let erin: Caller;
let mac: SimulatedMac;
let trusted: string[];

beforeAll(async () => {
  nginx = await prepareNginx({ people: await freePort(), macs: await freePort() });
  trusted = getCACertificates();
  setDefaultCACertificates([...trusted, nginx.certificate]);
  const addresses = { people: nginx.people, macs: nginx.macs, trust: nginx.certificate };
  const settings = {
    KEYHAVEN_TRUSTED_PROXY: '1',
    KEYHAVEN_CLIENT_CERTIFICATE: 'required',
    KEYHAVEN_TLS_ROOT: nginx.certificate,
  };
  world = await startProduction(addresses, settings, 2);
  await nginx.start(world.servers.map(({ port }) => port));
  erin = await signInAs(nginx.people.origin, 'employee@example.com');
  mac = await world.fleet.addMac();
  await enrollAs(erin, mac);
});
afterAll(async () => {
  await world.close();
  await nginx.close();
  setDefaultCACertificates(trusted);
});

const directTo = (index: number): ((mac: SimulatedMac) => MacVoice) =>
  speakingTo(`http://localhost:${world.servers[index]?.port}`);

describe('behind nginx as the manual sets it up, with two servers', () => {
  test('a Mac enrolls, and its key is stored, whichever server hears of it', async () => {
    const ready = (device: Device): boolean => device.fileVaultProfile === 'acknowledged';
    const { id } = await until(() => macOf(erin, mac), ready);
    const key = mac.paper.currentRecoveryKey;
    const typed = { recoveryKey: key, confirmation: key };
    expect((await erin.call('PUT', `/api/v1/devices/${id}/recovery-key`, typed)).status).toBe(202);
    const saved = (device: Device): boolean => device.recoveryKey.state === 'current';
    await until(() => macOf(erin, mac), saved);
    const { body } = await erin.call('POST', `/api/v1/devices/${id}/recovery-key/reveal`, {});
    expect(body).toMatchObject({ recoveryKey: mac.paper.currentRecoveryKey });
  });

  test('the doctor finds that both names lead here, each for its own', async () => {
    const lines: string[] = [];
    const port = String(world.servers[0]?.port);
    const surroundings = { environment: { ...world.environment, KEYHAVEN_PORT: port } };
    await runDoctor([], { print: (line) => void lines.push(line) }, surroundings);
    expect(lines).toContain(`✓ address     ${nginx.people.origin} leads here, for people, SCEP`);
    expect(lines).toContain(`✓ address     ${nginx.macs.origin} leads here, for Macs`);
    // Its certificate holds for two days, and its root is the one that Macs are given.
    expect(lines.filter((line) => /^! tls +the certificate of localhost ends on/.test(line))).toHaveLength(2);
    // The names are this machine's own here, and only here.
    const failures = lines.filter((line) => line.startsWith('✗'));
    expect(failures.filter((line) => !line.includes('is this machine itself'))).toEqual([]);
  });

  test('a profile carries the private root that Macs must come to trust', () => {
    const types = mac.state.profiles.flatMap(({ payloads }) => payloads.map(({ type }) => type));
    expect(types.slice(0, 3)).toEqual([
      'com.apple.security.root',
      'com.apple.security.scep',
      'com.apple.mdm',
    ]);
  });

  test('what was captured of a Mac is refused without the Mac’s own handshake', async () => {
    for (const index of [0, 1]) {
      const voice = directTo(index)(mac);
      expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(400);
    }
  });

  test('nobody can claim a certificate on the people’s name, where Macs are not heard at all', async () => {
    const claimed = encodeURIComponent(pemOf(mac));
    const answer = await erin.request('/mdm', {
      method: 'PUT',
      headers: { 'client-cert': claimed },
      body: 'x',
    });
    expect(answer.status).toBe(404);
  });

  test('3.4-6 a certificate that a stranger puts into the header reaches nobody through the Macs’ name', async () => {
    const headers = { 'client-cert': encodeURIComponent(pemOf(mac)) };
    expect((await fetch(new URL('/mdm', nginx.macs), { method: 'PUT', headers, body: 'x' })).status).toBe(
      400,
    );
  });

  test('3.4-6 a message signed with another certificate than the handshake had is refused', async () => {
    const other = await world.fleet.addMac();
    await enrollAs(erin, other);
    const { udid, sign } = directTo(0)(mac);
    const body = writePlist({ UDID: udid, Status: 'Idle' });
    const say = (handshake: SimulatedMac): Promise<VoiceAnswer> =>
      send(`http://localhost:${world.servers[0]?.port}/mdm`, 'PUT', body, {
        'Mdm-Signature': sign(body),
        'Client-Cert': encodeURIComponent(pemOf(handshake)),
      });
    // From this machine, as the trusted proxy would hand it on.
    expect((await say(mac)).status).toBe(200);
    expect((await say(other)).status).toBe(400);
  });

  test.each([
    ['on a curve', 'ec -pkeyopt ec_paramgen_curve:P-256'],
    ['on a curve that we do not know', 'ec -pkeyopt ec_paramgen_curve:secp256k1'],
    ['of Ed25519', 'ed25519'],
  ])('a handshake with a certificate %s, or with half of it, is refused', async (_name, key) => {
    const certificate = foreignCertificate(key);
    const { udid, sign } = directTo(0)(mac);
    const body = writePlist({ UDID: udid, Status: 'Idle' });
    for (const der of [certificate, certificate.subarray(0, 200)]) {
      const handshake = { 'Client-Cert': `:${der.toString('base64')}:` };
      for (const headers of [handshake, { ...handshake, 'Mdm-Signature': sign(body) }]) {
        const answer = await send(`http://localhost:${world.servers[0]?.port}/mdm`, 'PUT', body, headers);
        expect(answer.status).toBe(400);
      }
    }
  });

  test('nothing but the Macs’ one path is on the Macs’ name', async () => {
    for (const path of ['/', '/api/v1/me', '/sign-in', '/healthz']) {
      expect((await fetch(new URL(path, nginx.macs))).status).toBe(404);
    }
  });

  test('a page hears of what the other server did', async () => {
    const events = await erin.request('/api/v1/events', { headers: { accept: 'text/event-stream' } });
    expect(events.status).toBe(200);
    const reader = events.body?.getReader();
    const { id } = await macOf(erin, mac);
    for (let count = 0; count < 2; count += 1) {
      await erin.call('PATCH', `/api/v1/devices/${id}`, { name: `Mac ${count}` });
    }
    let heard = '';
    while (heard.split(id).length < 3) {
      const piece = await reader?.read();
      if (piece?.done !== false) break;
      heard += Buffer.from(piece.value).toString();
    }
    await reader?.cancel();
    expect(heard.split(id).length).toBeGreaterThanOrEqual(3);
  });
});

function pemOf({ state }: SimulatedMac): string {
  const der = state.enrollment?.certificate ?? Buffer.alloc(0);
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

/** DER, made by openssl with this kind of key. */
function foreignCertificate(key: string): Buffer {
  const folder = new OpensslFolder();
  try {
    folder.run(
      `req -x509 -nodes -newkey ${key} -keyout key -out der -outform DER -days 30 -subj /CN=Somebody`,
    );
    return folder.read('der');
  } finally {
    folder.remove();
  }
}
