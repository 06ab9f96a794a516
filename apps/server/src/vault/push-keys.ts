import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { createCertificationRequest } from '@keyhaven/apple-mdm/certificate/create-certification-request';
import { CmsError } from '@keyhaven/apple-mdm/cms/cms-error';
import { openEnvelopedData } from '@keyhaven/apple-mdm/cms/enveloped-data';
import { Asn1Error } from '@keyhaven/apple-mdm/der/asn1-error';
import { createEscrowCertificate } from '@keyhaven/apple-mdm/keys';
import { type Sealed, sealedFromBytes } from '@keyhaven/sealing/record';
import { open, seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import type { PushCertificateId, PushRequestId } from '../kernel/id.ts';
import { pushKeyBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { makeKeyPair } from './escrow-key-pool.ts';
import { checkPushPair, flawOfDates, ownCertificate } from './push-certificate-check.ts';
import { type PushIdentity, pushIdentity } from './push-identity.ts';
import { findAnswerKey, findPushKey, findRequestedKey } from './push-keys.store.ts';
import { type PushMaterial, readPushUpload } from './push-upload.ts';
import type { MadePushRequest, PushCertificateVerdict, Vault } from './vault.ts';

/** A new RSA key, sealed, with a request for its certificate. */
export async function createPushRequest(
  context: VaultContext,
  { request, commonName, encryptedAnswer }: Parameters<Vault['createPushRequest']>[0],
): Promise<MadePushRequest> {
  const pair = await makeKeyPair();
  return {
    request: createCertificationRequest({ commonName, ...pair }),
    publicKeySha256: sha256OfKey(pair.publicKey),
    sealedPrivateKey: await sealKey(context, pair.privateKey, request),
    answer: encryptedAnswer ? await createAnswerKey(context) : null,
  };
}

async function createAnswerKey(context: VaultContext): Promise<NonNullable<MadePushRequest['answer']>> {
  const pair = await makeKeyPair();
  const key = context.ids.next();
  const commonName = 'Keyhaven push request';
  const certificate = createEscrowCertificate({ ...pair, commonName, now: context.clock.now() });
  return { key, certificate, sealedPrivateKey: await sealKey(context, pair.privateKey, key) };
}

/** Opens what mdmcert.download answered, for whom this request was made; it writes single DES. */
export async function openPushRequestAnswer(
  context: VaultContext,
  request: PushRequestId,
  answer: Buffer,
): Promise<Buffer | null> {
  const stored = await findAnswerKey(context.database, request);
  if (stored === null) return null;
  const privateKey = await openKey(context, stored.sealedPrivateKey, stored.key);
  const recipient = { certificate: parseCertificate(stored.certificate), privateKey };
  try {
    return openEnvelopedData(answer, [recipient], { allowSingleDes: true });
  } catch (error) {
    if (error instanceof CmsError || error instanceof Asn1Error) return null;
    throw error;
  }
}

/** Checks what was handed in, and seals its key under the new certificate's id. */
export async function sealPushCertificate(
  context: VaultContext,
  { certificate: id, upload }: Parameters<Vault['sealPushCertificate']>[0],
): Promise<PushCertificateVerdict> {
  const material = await readPushUpload(upload);
  if (!material.ok) return { kind: 'flawed', flaw: material.refusal };
  const pair = checkPushPair(material.value, await requestedKey(context, material.value));
  if (!pair.ok) return { kind: 'flawed', flaw: pair.refusal };
  const { certificate, privateKey, topic, chain } = pair.value;
  const flaw = flawOfDates(certificate, context.clock.now());
  if (flaw !== null) return { kind: 'flawed', flaw };
  return {
    kind: 'sealed',
    sealedPrivateKey: await sealKey(context, privateKey, id),
    chain,
    sha256: Buffer.from(certificate.sha256, 'hex'),
    topic,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  };
}

/** The key made here that the certificate answers; null when one came with it, or when it answers none. */
async function requestedKey(context: VaultContext, material: PushMaterial): Promise<KeyObject | null> {
  if (material.keys.length > 0) return null;
  const hash = sha256OfKey(ownCertificate(material).publicKey);
  const stored = await findRequestedKey(context.database, hash);
  return stored === null ? null : openKey(context, stored.sealedPrivateKey, stored.request);
}

/** Throws SealingError when the row is not what this vault sealed. */
export async function openPushIdentity(context: VaultContext, id: PushCertificateId): Promise<PushIdentity> {
  const stored = await findPushKey(context.database, id);
  if (stored === null) throw new Error('a push certificate that is not there');
  const privateKey = await openKey(context, stored.sealedPrivateKey, id);
  return pushIdentity({ ...stored, id: stored.sha256.toString('hex'), privateKey });
}

async function sealKey(context: VaultContext, key: KeyObject, id: string): Promise<Sealed> {
  const secret = Secret.of(key.export({ format: 'der', type: 'pkcs8' }));
  try {
    return await seal(secret, pushKeyBinding(id), context.keys);
  } finally {
    secret.wipe();
  }
}

async function openKey(context: VaultContext, sealed: Buffer, id: string): Promise<KeyObject> {
  const der = await open(sealedFromBytes(sealed), pushKeyBinding(id), context.keys);
  const key = createPrivateKey({ key: der.expose(), format: 'der', type: 'pkcs8' });
  der.wipe();
  return key;
}

const sha256OfKey = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest();
