import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate, verifyIssuedBy } from './certificate.ts';
import { CertificateCache } from './certificate-cache.ts';
import { createSignedData } from './cms/create-signed-data.ts';
import { openEnvelopedData } from './cms/enveloped-data.ts';
import { MdmSignatureError, verifyMdmSignature } from './mdm-signature.ts';
import { NOW, selfSigned } from './oracle/identities.ts';
import { OpensslFolder } from './oracle/openssl.ts';

const BODY = Buffer.from('<plist><dict><key>Status</key><string>Idle</string></dict></plist>');
const SHA1_WITH_RSA = Buffer.from('06092a864886f70d010105', 'hex');
const device = selfSigned('device');

function header(shape: { readonly attributes?: 'none'; readonly digest?: 'sha1' | 'sha256' } = {}): string {
  const { digest = 'sha256', ...rest } = shape;
  return createSignedData({ content: BODY, detached: true, signer: device, digest, ...rest }).toString(
    'base64',
  );
}

function refusal(verify: () => unknown): string {
  try {
    verify();
  } catch (error) {
    if (error instanceof MdmSignatureError) return error.kind;
    throw error;
  }
  return 'verified';
}

/** Sha-256 of the certificate proven by the signature, or the refusal. */
function outcome(text: string, body: Buffer): string {
  let sha256 = '';
  const answer = refusal(() => {
    sha256 = verifyMdmSignature(text, body).certificate.sha256;
  });
  return answer === 'verified' ? sha256 : answer;
}

describe('verifyMdmSignature', () => {
  it('3.4-1 names the certificate that signed the body, in both shapes Macs use', () => {
    const shapes = [header({ digest: 'sha1', attributes: 'none' }), header({ digest: 'sha256' })];
    for (const text of shapes) expect(outcome(text, BODY)).toBe(device.certificate.sha256);
  });

  it('3.4-2 refuses any changed octet of the body', () => {
    for (const text of [header({ digest: 'sha1', attributes: 'none' }), header()]) {
      for (let offset = 0; offset < BODY.length; offset += 1) {
        const changed = Buffer.from(BODY);
        changed[offset] = (changed[offset] ?? 0) ^ 0x20;
        expect(outcome(text, changed)).toBe('bad-signature');
      }
      expect(outcome(text, Buffer.concat([BODY, Buffer.from('\n')]))).toBe('bad-signature');
      expect(outcome(text, Buffer.concat([Buffer.from('\uFEFF'), BODY]))).toBe('bad-signature');
    }
  });

  it('never takes a changed header for the same certificate', () => {
    const bytes = Buffer.from(header(), 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(outcome(changed.toString('base64'), BODY)).not.toBe(device.certificate.sha256);
    }
  });

  it('3.4-7 reads a certificate whose subject is empty', () => {
    const folder = new OpensslFolder();
    folder.write('body', BODY);
    folder.run('req -x509 -newkey rsa:2048 -nodes -subj / -keyout mac.key -out mac.pem');
    folder.run(
      'cms -sign -binary -md sha1 -noattr -stream -in body -signer mac.pem -inkey mac.key -outform DER -out sig',
    );
    folder.run('x509 -in mac.pem -outform DER -out mac.der');
    const { sha256, subject } = parseCertificate(folder.read('mac.der'));
    expect(subject).toEqual(Buffer.from('3000', 'hex'));
    expect(outcome(folder.read('sig').toString('base64'), BODY)).toBe(sha256);
    folder.remove();
  });

  it('takes no other spelling of base64', () => {
    const text = header();
    const spaced = `${text.slice(0, 64)}\n${text.slice(64)}`;
    for (const spelling of [
      ` ${text}`,
      spaced,
      `${text}=`,
      text.slice(0, -1),
      `${text}AAA`,
      text.replace(/.$/, '-'),
    ]) {
      expect(refusal(() => verifyMdmSignature(spelling, BODY))).toBe('not-base64');
    }
    expect(refusal(() => verifyMdmSignature('AB==', BODY))).toBe('not-base64');
  });

  it('refuses a header that is missing, beyond 16 KiB, or no CMS', () => {
    expect(refusal(() => verifyMdmSignature('', BODY))).toBe('missing');
    expect(refusal(() => verifyMdmSignature('A'.repeat(16 * 1024 + 4), BODY))).toBe('too-large');
    expect(refusal(() => verifyMdmSignature('A'.repeat(16 * 1024), BODY))).toBe('malformed');
    expect(refusal(() => verifyMdmSignature(device.certificate.der.toString('base64'), BODY))).toBe(
      'malformed',
    );
  });

  it('parses a kept certificate no more', () => {
    const cache = new CertificateCache();
    const { certificate } = verifyMdmSignature(header(), BODY, cache);
    cache.keep(certificate);
    expect(verifyMdmSignature(header(), BODY, cache).certificate).toBe(certificate);
    expect(refusal(() => verifyMdmSignature(header(), Buffer.from('other'), cache))).toBe('bad-signature');
  });
});

function real(name: string): Buffer {
  return readFileSync(join(reference, 'vectors/real', name));
}

const reference = process.env['KEYHAVEN_REFERENCE'] ?? '';

describe.runIf(reference !== '')('against the reference folder', () => {
  let vectors = '';
  beforeAll(() => {
    vectors = mkdtempSync(join(tmpdir(), 'vectors-'));
    execFileSync('sh', [join(reference, 'vectors/make.sh'), vectors], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(vectors, { recursive: true }));
  const made = (name: string): Buffer => readFileSync(join(vectors, name));
  const certificate = (name: string) => parseCertificate(new X509Certificate(made(name)).raw);

  it('3.4-1 3.4-2 verifies the captured signature of a Mac and none of its changes', () => {
    const text = real('mdmSignatureHeader2.b64').toString('latin1').trim();
    const body = real('mdmSignatureBody2.bin');
    const captured = outcome(text, body);
    expect(captured).toMatch(/^[0-9a-f]{64}$/);
    const bytes = Buffer.from(text, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // One bit turns sha1WithRSAEncryption into rsaEncryption, which beside SHA-1 says the same.
      if (changed.lastIndexOf(SHA1_WITH_RSA) !== bytes.lastIndexOf(SHA1_WITH_RSA)) continue;
      expect(outcome(changed.toString('base64'), body)).not.toBe(captured);
    }
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const changed = Buffer.from(body);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(outcome(text, changed)).toBe('bad-signature');
    }
  });

  it.each(['sig-sha1-noattr-ber.der', 'sig-sha256-attrs-der.der'])('verifies %s', (name) => {
    const signed = verifyMdmSignature(made(name).toString('base64'), made('body.plist'));
    expect(signed.certificate.sha256).toBe(certificate('dev.pem').sha256);
    expect(verifyIssuedBy(signed.certificate, certificate('ca.pem'), new Date())).toBe('valid');
    expect(verifyIssuedBy(signed.certificate, device.certificate, NOW)).toBe('wrong-issuer');
  });

  it.each(['3des-ber', '3des-der', 'aes128-der', 'aes256-ber', 'aes256-ski-der'])('opens prk-%s', (name) => {
    const recipient = {
      certificate: certificate('escrow.pem'),
      privateKey: createPrivateKey(made('escrow.key')),
    };
    expect(openEnvelopedData(made(`prk-${name}.der`), [recipient])).toEqual(made('prk.txt'));
    const oaep = () => openEnvelopedData(made('prk-oaep-der.der'), [recipient]);
    expect(oaep).toThrow('CMS: unsupported-algorithm');
  });
});
