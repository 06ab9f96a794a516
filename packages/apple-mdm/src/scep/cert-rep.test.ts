import { ContentInfo, SignedData } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEnvelopedData, readEnvelope } from '../cms/enveloped-data.ts';
import { verifySignedData } from '../cms/verify-signed-data.ts';
import { OID } from '../der/oids.ts';
import { octetString, printableString, utf8String } from '../der/write.ts';
import { certificatePem, NOW, privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import {
  opensslRequest,
  pkiMessage,
  SENDER_NONCE,
  scepAttributes,
  TRANSACTION_ID,
} from '../oracle/scep-client.ts';
import { pkiFailure, pkiSuccess } from './cert-rep.ts';
import { issueDeviceCertificate } from './device-certificate.ts';
import { readPkcsReq } from './pkcs-req.ts';

const signer = selfSigned('MDM SCEP SIGNER');
const mac = selfSigned('Mac');
const ca = selfSigned('Device CA', { ca: true });
const folder = new OpensslFolder();
let csr: Buffer;
beforeAll(() => {
  folder.write('mac.key', privateKeyPem(mac.privateKey));
  csr = opensslRequest(folder, { key: 'mac.key', challenge: 'open sesame' });
});
afterAll(() => folder.remove());

function message(changes: Partial<Parameters<typeof pkiMessage>[0]> = {}): Buffer {
  return pkiMessage({ csr, signer, ca: ca.certificate, ...changes });
}

function issue(): Buffer {
  return issueDeviceCertificate({
    ca,
    publicKey: mac.publicKey,
    enrollmentId: 'enrollment-1',
    now: NOW,
    days: 365,
  });
}

describe('pkiSuccess', () => {
  it.each([
    ['aes-128-cbc', 'sha256'],
    ['des-ede3-cbc', 'sha1'],
    ['des-cbc', 'sha1'],
  ] as const)(
    '2.5-2 2.5-3 2.5-4 2.5-5 2.5-7 brings the certificate to the client in its own %s and %s',
    (cipher, digest) => {
      const issued = issue();
      const reply = pkiSuccess({ request: readPkcsReq(message({ cipher, digest }), ca), issued, ca });
      const verified = verifySignedData(reply);
      expect(verified.digest).toBe(digest);
      expect(verified.signer.der).toEqual(ca.certificate.der);
      expect(readEnvelope(verified.content).cipher).toBe(cipher);
      const bag = openEnvelopedData(verified.content, [signer], { allowSingleDes: true });
      expect(certificatesIn(bag)).toEqual([issued]);
      const text = (name: string): Buffer | undefined => verified.attributes.get(name);
      expect(text(OID.scepMessageType)).toEqual(printableString('3'));
      expect(text(OID.scepPkiStatus)).toEqual(printableString('0'));
      expect(text(OID.scepTransactionId)).toEqual(printableString(TRANSACTION_ID));
      expect(text(OID.scepRecipientNonce)).toEqual(octetString(SENDER_NONCE));
      expect(text(OID.scepSenderNonce)).toHaveLength(18);
    },
  );

  it('2.5-6 is verified and opened by openssl', () => {
    const issued = issue();
    folder.write('ca.pem', certificatePem(ca.certificate));
    folder.write('signer.pem', certificatePem(signer.certificate));
    folder.write('signer.key', privateKeyPem(signer.privateKey));
    folder.write('reply.der', pkiSuccess({ request: readPkcsReq(message(), ca), issued, ca }));
    folder.run(
      'cms -verify -binary -inform DER -in reply.der -CAfile ca.pem -purpose any -no_check_time -out envelope.der',
    );
    folder.run(
      'cms -decrypt -binary -inform DER -in envelope.der -inkey signer.key -recip signer.pem -out bag.der',
    );
    expect(certificatesIn(folder.read('bag.der'))).toEqual([issued]);
    const dump = folder.run('cms -cmsout -print -noout -inform DER -in reply.der');
    expect(dump).toMatch(/signatureAlgorithm:\s+algorithm: rsaEncryption/);
  });

  it('2.4-12 brings a transaction id back as it came', () => {
    const attributes = scepAttributes().map((attribute) =>
      attribute.oid === OID.scepTransactionId ? { ...attribute, value: utf8String('a_b*c') } : attribute,
    );
    const reply = pkiSuccess({ request: readPkcsReq(message({ attributes }), ca), issued: issue(), ca });
    expect(verifySignedData(reply).attributes.get(OID.scepTransactionId)).toEqual(utf8String('a_b*c'));
  });
});

/** The certificates of a degenerate SignedData, by another reader than ours. */
function certificatesIn(bag: Buffer): readonly Buffer[] {
  const signedData = AsnConvert.parse(AsnConvert.parse(bag, ContentInfo).content, SignedData);
  return (signedData.certificates ?? []).map((choice) =>
    Buffer.from(AsnConvert.serialize(choice.certificate)),
  );
}

describe('pkiFailure', () => {
  it('2.5-8 refuses by name, without content, in what openssl verifies', () => {
    const request = readPkcsReq(message({ digest: 'sha1' }), ca);
    const reply = pkiFailure({ request, failInfo: 'bad-request', ca });
    const { attributes, digest } = verifySignedData(reply, { detachedContent: Buffer.alloc(0) });
    expect(digest).toBe('sha1');
    expect(attributes.get(OID.scepPkiStatus)).toEqual(printableString('2'));
    expect(attributes.get(OID.scepFailInfo)).toEqual(printableString('2'));
    expect(attributes.get(OID.scepRecipientNonce)).toEqual(octetString(SENDER_NONCE));
    folder.write('failure.der', reply);
    folder.write('empty', '');
    folder.write('ca.pem', certificatePem(ca.certificate));
    folder.run(
      'cms -verify -binary -inform DER -in failure.der -content empty -CAfile ca.pem -purpose any -no_check_time -out nothing',
    );
    expect(folder.read('nothing')).toHaveLength(0);
  });
});
