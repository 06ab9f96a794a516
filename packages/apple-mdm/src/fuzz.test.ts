import { beforeAll, describe, expect, it } from 'vitest';
import { CertificateError } from './certificate/certificate-error.ts';
import { parseCertificate } from './certificate.ts';
import { CmsError } from './cms/cms-error.ts';
import { createSignedData } from './cms/create-signed-data.ts';
import { openEnvelopedData, sealEnvelopedData } from './cms/enveloped-data.ts';
import { verifySignedData } from './cms/verify-signed-data.ts';
import { Asn1Error } from './der/asn1-error.ts';
import { MdmSignatureError, verifyMdmSignature } from './mdm-signature.ts';
import { certificatePem, privateKeyPem, selfSigned } from './oracle/identities.ts';
import { mutate, seeded } from './oracle/mutations.ts';
import { OpensslFolder } from './oracle/openssl.ts';
import { opensslRequest, pkiMessage, scepAttributes } from './oracle/scep-client.ts';
import { readCertificationRequest } from './scep/certification-request.ts';
import { readPkcsReq } from './scep/pkcs-req.ts';
import { ScepError } from './scep/scep-error.ts';

const RUNS = Number(process.env['KEYHAVEN_FUZZ_RUNS'] ?? 10_000);
const SEED = Number(process.env['KEYHAVEN_FUZZ_SEED'] ?? 20_261_122);
const MAX_GROWTH_BYTES = 256 * 1024 * 1024;
const BODY = Buffer.from('<plist/>');
const ca = selfSigned('CA', { ca: true });
const client = selfSigned('client');

interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly read: (bytes: Buffer) => unknown;
  readonly errors: readonly (new (...args: never[]) => Error)[];
}

const CMS_ERRORS = [Asn1Error, CertificateError, CmsError];
let targets: readonly Target[] = [];

beforeAll(() => {
  const folder = new OpensslFolder();
  folder.write('ca.pem', certificatePem(ca.certificate));
  folder.write('client.key', privateKeyPem(client.privateKey));
  folder.write('body', BODY);
  const csr = opensslRequest(folder, { key: 'client.key', challenge: 'open sesame' });
  folder.run('cms -encrypt -binary -des3 -stream -indef -in body -outform DER -out ber.der ca.pem');
  const ber = folder.read('ber.der');
  folder.remove();

  const envelope = sealEnvelopedData(csr, { recipient: ca.certificate, cipher: 'aes-128-cbc' });
  const signed = createSignedData({ content: BODY, detached: true, signer: client, digest: 'sha256' });
  const plain = createSignedData({
    content: BODY,
    detached: true,
    signer: client,
    digest: 'sha1',
    attributes: 'none',
  });
  const message = pkiMessage({ csr, signer: client, ca: ca.certificate });
  // Mutations inside a good signature get as far as the envelope and the request in it.
  const resigned = (content: Buffer): Buffer =>
    createSignedData({ content, signer: client, digest: 'sha256', attributes: scepAttributes() });
  const sealed = (content: Buffer): Buffer =>
    sealEnvelopedData(content, { recipient: ca.certificate, cipher: 'aes-128-cbc' });
  targets = [
    { name: 'certificate', seeds: [ca.certificate.der], read: parseCertificate, errors: [CertificateError] },
    {
      name: 'envelope',
      seeds: [ber, envelope],
      read: (bytes) => openEnvelopedData(bytes, [ca]),
      errors: CMS_ERRORS,
    },
    { name: 'signed', seeds: [message], read: (bytes) => verifySignedData(bytes), errors: CMS_ERRORS },
    { name: 'request', seeds: [csr], read: readCertificationRequest, errors: CMS_ERRORS },
    {
      name: 'header',
      seeds: [signed, plain],
      read: (bytes) => verifyMdmSignature(bytes.toString('base64'), BODY),
      errors: [MdmSignatureError],
    },
    { name: 'message', seeds: [message], read: (bytes) => readPkcsReq(bytes, ca), errors: [ScepError] },
    {
      name: 'signed envelope',
      seeds: [envelope],
      read: (bytes) => readPkcsReq(resigned(bytes), ca),
      errors: [ScepError],
    },
    {
      name: 'sealed request',
      seeds: [csr],
      read: (bytes) => readPkcsReq(resigned(sealed(bytes)), ca),
      errors: [ScepError],
    },
  ];
});

describe('any change of a message', () => {
  it(`is read or refused by a typed error, ${RUNS} times`, () => {
    const chance = seeded(SEED);
    const before = process.memoryUsage.rss();
    const answers = new Map<string, number>();
    for (let run = 0; run < RUNS; run += 1) {
      const target = targets[run % targets.length];
      const seed = target?.seeds[Math.floor(chance() * target.seeds.length)];
      if (target === undefined || seed === undefined) throw new Error('no target');
      const answer = `${target.name}: ${read(target, mutate(seed, chance), run)}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    // A fuzzer that refuses everything for one reason would have tested nothing.
    if (RUNS >= 1000) expect(answers.size).toBeGreaterThan(20);
    expect(process.memoryUsage.rss() - before).toBeLessThan(MAX_GROWTH_BYTES);
  });
});

function read(target: Target, bytes: Buffer, run: number): string {
  try {
    target.read(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof Error && target.errors.some((kind) => error instanceof kind))
      return error.message.replace(/ at octet \d+/, '');
    throw new Error(`run ${run} of seed ${SEED}, ${target.name}: an error of no type of ours`, {
      cause: error,
    });
  }
}
