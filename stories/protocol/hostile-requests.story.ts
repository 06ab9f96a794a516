import { createPrivateKey } from 'node:crypto';
import { type Certificate, readCertificate } from '@keyhaven/mac/certificate';
import type { Signer } from '@keyhaven/mac/cms/signed-data';
import { writePlist } from '@keyhaven/mac/plist';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { storedMacs, storePaper, untilSaved } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { foreignVoice } from '../faults/impostors.ts';
import { type MacVoice, send, speakingTo } from '../faults/mac-voice.ts';
import { keyOf, type Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { oddSignature } from './odd-signatures.ts';
import { offeredProfile } from './offered-profile.ts';
import { pour } from './pour.ts';
import { inFreshFolder } from './tools.ts';

const megabyte = 1024 * 1024;
let world: BenchWorld;
let portal: Portal;
let first: WatchedMac;
let second: WatchedMac;
let voice: MacVoice;
let signer: Signer;
let others: Certificate;

beforeAll(async () => {
  world = await startBenchWorld();
  const stored = await storedMacs(world, ['employee@example.com', 'colleague@example.com']);
  const [one, two] = stored.macs;
  if (one === undefined || two === undefined) throw new Error('there are no two Macs');
  [first, second, portal] = [one, two, stored.portal];
  voice = speakingTo(world.origin)(first.mac);
  const { enrollment } = first.mac.state;
  signer = {
    certificate: readCertificate(enrollment?.certificate ?? Buffer.alloc(0)),
    privateKey: createPrivateKey(enrollment?.privateKeyPem ?? ''),
  };
  others = readCertificate(second.mac.state.enrollment?.certificate ?? Buffer.alloc(0));
});
afterAll(() => world.close());

const idle = (): Buffer => writePlist({ UDID: first.mac.identity.udid, Status: 'Idle' });
const statusOf = async (body: Buffer, signature?: string | null): Promise<number> =>
  (await voice.put(body, signature)).status;

describe('a request that no Mac makes', () => {
  afterEach(async () => {
    expect(await statusOf(idle())).toBe(200);
  });

  const bombs: readonly (readonly [string, Buffer])[] = [
    ['nested beyond sense', Buffer.from('3080'.repeat(3000), 'hex')],
    ['of 2^31 bytes, by its length', Buffer.from('30848000000006092a864886f70d010702', 'hex')],
    ['of 2^64 bytes, by its length', Buffer.from('3088ffffffffffffffff06092a864886f70d010702', 'hex')],
    [
      'of a length that needs 126 octets',
      Buffer.concat([Buffer.from([0x30, 0xfe]), Buffer.alloc(126, 0xff)]),
    ],
    ['that never ends', Buffer.from('308006092a864886f70d010702a0803080020101', 'hex')],
    [
      'of 4,000 empty elements',
      Buffer.concat([Buffer.from('30821f40', 'hex'), Buffer.alloc(8000, Buffer.from('0500', 'hex'))]),
    ],
  ];
  it.each(bombs)('9-1 with BER %s: 400 as a signature and as a SCEP message', async (_, bomb) => {
    expect(await statusOf(idle(), bomb.toString('base64'))).toBe(400);
    const { scepUrl } = await offeredProfile(world, 'employee@example.com');
    const posted = await send(`${scepUrl}?operation=PKIOperation`, 'POST', bomb, {});
    const got = await fetch(
      `${scepUrl}?operation=PKIOperation&message=${encodeURIComponent(bomb.toString('base64'))}`,
    );
    expect([posted.status, got.status]).toEqual([400, 400]);
  });

  it.each([
    ['9-2 a key twice', '<key>UDID</key><string>a</string>'],
    ['9-2 a key twice, the second escaped', '<key>&#85;DID</key><string>a</string>'],
  ])('%s in its property list: 400', async (_, twice) => {
    const body = idle().toString().replace('<dict>', `<dict>${twice}`);
    expect(await statusOf(Buffer.from(body))).toBe(400);
  });

  it('9-3 with entities of its own, outside ones, or a billion laughs: 400', async () => {
    const inside = [
      '<!ENTITY udid "x">',
      '<!ENTITY udid SYSTEM "file:///etc/passwd">',
      `<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b "${'&a;'.repeat(50)}"><!ENTITY udid "${'&b;'.repeat(50)}">`,
    ];
    for (const subset of inside) {
      const body = idle()
        .toString()
        .replace(/(?<=<!DOCTYPE plist)[^>]*(?=>)/u, ` [${subset}]`)
        .replace(/(?<=<key>UDID<\/key>\s*<string>)[^<]*/u, '&udid;');
      expect(body).toContain('&udid;');
      expect(await statusOf(Buffer.from(body))).toBe(400);
    }
  });

  it('9-4 with __proto__ and constructor as keys: a key like any other, and nothing is polluted', async () => {
    const novel = '<key>__proto__</key><dict><key>polluted</key><true/></dict><key>constructor</key><dict/>';
    expect(await statusOf(Buffer.from(idle().toString().replace('<dict>', `<dict>${novel}`)))).toBe(200);
    expect(await statusOf(Buffer.from(`<plist><dict>${novel}</dict></plist>`))).toBe(400);
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['announced', true],
    ['in chunks', false],
  ])('9-5 of 100 MB, %s: 413, and it is not kept in memory', async (_, announced) => {
    const { scepUrl } = await offeredProfile(world, 'employee@example.com');
    for (const start of ['PUT /mdm', `POST ${new URL(scepUrl).pathname}`]) {
      const before = process.memoryUsage().arrayBuffers;
      const { status, sent, mostBuffers } = await pour(world.server().port, start, 100 * megabyte, announced);
      expect(status).toBe(413);
      expect(sent).toBeGreaterThan(0);
      expect(mostBuffers - before).toBeLessThan(32 * megabyte);
    }
  });

  it('9-6 with two SignerInfos, or none: 400', async () => {
    expect(await statusOf(idle(), oddSignature(idle(), signer, {}))).toBe(200);
    for (const signerInfos of [0, 2]) {
      expect(await statusOf(idle(), oddSignature(idle(), signer, { signerInfos }))).toBe(400);
    }
  });

  it('9-7 with other certificates in front of its own: heard as itself', async () => {
    const certificatesBefore = [others.raw, others.raw];
    expect(await statusOf(idle(), oddSignature(idle(), signer, { certificatesBefore }))).toBe(200);
  });

  it('9-7 with its neighbour’s name and its neighbour’s certificate first: 400', async () => {
    const body = writePlist({ UDID: second.mac.identity.udid, Status: 'Idle' });
    expect(await statusOf(body, oddSignature(body, signer, { certificatesBefore: [others.raw] }))).toBe(400);
    const asOther = { ...signer, certificate: { ...others, raw: others.raw } };
    expect(await statusOf(body, oddSignature(body, asOther, {}))).toBe(400);
  });

  it('9-8 with an EC certificate: 400', async () => {
    const signature = await inFreshFolder(async (folder) => {
      await folder.write('body', idle());
      const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=mac'];
      await folder.run('openssl', ['req', '-x509', ...made, '-keyout', 'ec.key', '-out', 'ec.pem']);
      const from = [
        '-in',
        'body',
        '-signer',
        'ec.pem',
        '-inkey',
        'ec.key',
        '-outform',
        'DER',
        '-out',
        'signature',
      ];
      const { code } = await folder.run('openssl', ['cms', '-sign', '-binary', '-md', 'sha256', ...from]);
      expect(code).toBe(0);
      return folder.read('signature');
    });
    expect(await statusOf(idle(), signature.toString('base64'))).toBe(400);
  });

  it('9-9 with a signed attribute of two values, or with none that names the body: 400', async () => {
    expect(await statusOf(idle(), oddSignature(idle(), signer, { digestValues: 2 }))).toBe(400);
    expect(await statusOf(idle(), oddSignature(idle(), signer, { withoutDigest: true }))).toBe(400);
  });

  it('9-10 with a certificate that has expired, of another CA, or of our CA and another enrollment: 400', async () => {
    const year = 366 * 86_400_000;
    expect(await statusOf(idle())).toBe(200);
    world.clock.move(year);
    expect(await statusOf(idle())).toBe(400);
    world.clock.move(-year);
    expect((await foreignVoice(world, first.mac).put(idle())).status).toBe(400);
    expect((await speakingTo(world.origin)(second.mac).put(idle())).status).toBe(400);
  });

  it('9-11 with the sound signature of another body, with or without signed attributes: 400', async () => {
    const body = idle();
    for (const signature of [voice.sign(body), oddSignature(body, signer, {})]) {
      expect(await statusOf(body, signature)).toBe(200);
      for (const changed of [
        Buffer.concat([body, Buffer.from(' ')]),
        body.subarray(0, -1),
        Buffer.from(body.toString().replace('Idle', 'idle')),
      ]) {
        expect(await statusOf(changed, signature)).toBe(400);
      }
    }
  });

  it('9-12 with a byte order mark: heard when the mark is signed, else 400', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), idle()]);
    expect(await statusOf(marked)).toBe(200);
    expect(await statusOf(marked, voice.sign(idle()))).toBe(400);
    expect(
      await statusOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(idle().toString(), 'utf16le')])),
    ).toBe(400);
  });

  it('9-13 3.4-6 with a certificate in a header of a proxy: 400, whoever it names', async () => {
    const body = writePlist({ UDID: second.mac.identity.udid, Status: 'Idle' });
    const base64 = others.raw.toString('base64');
    const pem = encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
    const spoofs = [
      { 'Client-Cert': `:${base64}:` },
      { 'Client-Cert': pem },
      { 'X-SSL-Client-Cert': pem },
      { 'X-Client-Cert': base64 },
      { 'X-Forwarded-Client-Cert': `Cert="${pem}"` },
    ];
    for (const spoof of spoofs) {
      expect((await send(`${world.origin}/mdm`, 'PUT', body, spoof)).status).toBe(400);
      const signed = { ...spoof, 'Mdm-Signature': voice.sign(body) };
      expect((await send(`${world.origin}/mdm`, 'PUT', body, signed)).status).toBe(400);
    }
  });

  it('3.1-4 with a header of 12 KiB: heard', async () => {
    const certificatesBefore = Array.from({ length: 9 }, () => others.raw);
    const signature = oddSignature(idle(), signer, { certificatesBefore });
    expect(signature.length).toBeGreaterThan(10 * 1024);
    expect(await statusOf(idle(), signature)).toBe(200);
  });
});

describe('after all of it', () => {
  it('a key is stored, saved and shown as on any other day', async () => {
    await storePaper(portal, first);
    await untilSaved(portal, first);
    expect(keyOf(await portal.reveal(first.owner, first))).toBe(first.mac.paper.currentRecoveryKey);
  });

  it('3.3-1 nothing that went to a Mac’s door was answered 401, 403 or with a 5xx', () => {
    const statuses = new Set(
      world.exchanges.flatMap(({ request, response }) =>
        response === null || !/ \/(?:mdm|scep)/u.test(request.start)
          ? []
          : [Number(response.start.split(' ')[1])],
      ),
    );
    expect(statuses).toEqual(new Set([200, 400]));
  });
});
