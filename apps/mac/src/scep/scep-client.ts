import { octetString, printableString, time } from '../asn1/der-writer.ts';
import { OID, SCEP_ATTRIBUTE } from '../asn1/oids.ts';
import {
  type Certificate,
  distinguishedName,
  readCertificate,
  selfSignedCertificate,
} from '../certificate.ts';
import { envelop } from '../cms/enveloped-data.ts';
import { type Signer, signEncapsulated } from '../cms/signed-data.ts';
import { callHttp } from '../http-request.ts';
import { type KeyPair, makeUuid, type Surroundings } from '../surroundings.ts';
import { askAuthority, type CertificateAuthority, scepCall } from './certificate-authority.ts';
import { certificateRequest, transactionId } from './certificate-request.ts';
import { readReply } from './pki-reply.ts';
import { ScepError } from './scep-error.ts';
import type { ScepPayload } from './scep-payload.ts';

export type ScepHabits = {
  /** Encoding of the envelope around the request; Macs have been seen with both. */
  readonly envelope: 'ber' | 'der';
  readonly requestVersion: 0 | 2;
};

export type IssuedIdentity = { readonly certificate: Certificate; readonly privateKeyPem: string };

/** Asks for a certificate as Apple's client does. Throws ScepError. */
export async function requestCertificate(
  payload: ScepPayload,
  habits: ScepHabits,
  surroundings: Surroundings,
  trust?: string,
): Promise<IssuedIdentity> {
  const authority = await askAuthority(payload, trust);
  const keys = await surroundings.makeKeyPair(payload.keyBits);
  const signer = await throwAwaySigner(surroundings);
  const transaction = { id: transactionId(keys), senderNonce: surroundings.randomBytes(16), signer };
  const envelope = envelop(certificateRequest(payload, keys, habits.requestVersion), authority.certificate, {
    encoding: habits.envelope,
    cipher: authority.cipher,
    recipient: 'issuer-and-serial-number',
  });
  const message = signEncapsulated(envelope, signer, authority.digest, [
    { oid: OID.signingTime, value: time(surroundings.now()) },
    { oid: SCEP_ATTRIBUTE.messageType, value: printableString('19') },
    { oid: SCEP_ATTRIBUTE.transactionId, value: printableString(transaction.id) },
    { oid: SCEP_ATTRIBUTE.senderNonce, value: octetString(transaction.senderNonce) },
  ]);
  const answer = await scepCall(() => send(payload.url, message, authority, trust));
  return pickOwn(readReply(answer.body, authority.certificate, transaction), keys);
}

/** A key pair and certificate for this one exchange, not the key that is to be certified. */
async function throwAwaySigner(surroundings: Surroundings): Promise<Signer> {
  const keys = await surroundings.makeKeyPair(2048);
  const now = surroundings.now().getTime();
  const certificate = selfSignedCertificate({
    name: distinguishedName([[OID.commonName, makeUuid(surroundings)]]),
    publicKeyInfo: keys.publicKey.export({ format: 'der', type: 'spki' }),
    privateKey: keys.privateKey,
    serialNumber: Buffer.from([1]),
    notBefore: new Date(now),
    notAfter: new Date(now + 365 * 86_400_000),
  });
  return { certificate: readCertificate(certificate), privateKey: keys.privateKey };
}

function send(url: string, message: Buffer, authority: CertificateAuthority, trust: string | undefined) {
  const trusted = trust === undefined ? {} : { trust };
  if (authority.takesPost) {
    const headers = { 'Content-Type': 'application/x-pki-message' };
    return callHttp(`${url}?operation=PKIOperation`, { method: 'POST', headers, body: message, ...trusted });
  }
  // Macs leave + and / as they are in this query.
  return callHttp(`${url}?operation=PKIOperation&message=${message.toString('base64')}`, {
    method: 'GET',
    ...trusted,
  });
}

function pickOwn(issued: readonly Certificate[], keys: KeyPair): IssuedIdentity {
  const publicKeyInfo = keys.publicKey.export({ format: 'der', type: 'spki' });
  const own = issued.find((certificate) => certificate.publicKeyInfo.equals(publicKeyInfo));
  if (own === undefined) throw new ScepError('certificate-of-another-key');
  return {
    certificate: own,
    privateKeyPem: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
