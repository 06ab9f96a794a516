import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Certificate } from '@keyhaven/apple-mdm/certificate';
import { isStrongRsaKey } from '@keyhaven/apple-mdm/certificate/strong-rsa-key';
import { userIdOf } from '@keyhaven/apple-mdm/certificate/user-id';
import { writePem } from '@keyhaven/apple-mdm/pem';
import type { PushCertificateFlaw } from '../kernel/refusal.ts';
import { ok, type Result, refused } from '../kernel/result.ts';
import type { PushMaterial } from './push-upload.ts';

/** A push certificate with its own key. Nothing is said of its dates. */
export type PushPair = {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
  readonly topic: string;
  /** PEM, the certificate itself first. */
  readonly chain: string;
};

const topicPrefix = 'com.apple.mgmt.';

/** The certificate to prove ourselves by: the one that a key came with, or else the one that has a topic. */
export function ownCertificate({ certificates, keys }: PushMaterial): Certificate {
  const [first] = certificates;
  const withKey = certificates.find((each) => keys.some((key) => isKeyOf(key, each)));
  return withKey ?? certificates.find((each) => topicOf(each) !== null) ?? first;
}

/**
 * Whether this is an MDM push certificate and this its key (reference section 6). `requested` is the key of a request
 * of ours that the certificate answers, for when none came with it.
 */
export function checkPushPair(
  material: PushMaterial,
  requested: KeyObject | null,
): Result<PushPair, PushCertificateFlaw> {
  const certificate = ownCertificate(material);
  const topic = topicOf(certificate);
  if (!isStrongRsaKey(certificate.publicKey)) return refused('push-certificate-not-rsa');
  const keys = material.keys.length > 0 ? material.keys : requested === null ? [] : [requested];
  if (keys.length === 0) return refused('push-certificate-no-key');
  const privateKey = keys.find((key) => isKeyOf(key, certificate));
  if (privateKey === undefined) return refused('push-certificate-key-differs');
  if (topic === null) return refused('push-certificate-no-topic');
  const others = material.certificates.filter((each) => each !== certificate);
  const chain = [certificate, ...others].map(({ der }) => writePem('CERTIFICATE', der)).join('');
  return ok({ certificate, privateKey, topic, chain });
}

/** What its dates have against it, at this moment; null: nothing. */
export function flawOfDates(
  { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date },
  now: Date,
): PushCertificateFlaw | null {
  if (now < notBefore) return 'push-certificate-not-yet-valid';
  return now > notAfter ? 'push-certificate-expired' : null;
}

function topicOf(certificate: Certificate): string | null {
  const userId = userIdOf(certificate);
  return userId !== null && userId.length > topicPrefix.length && userId.startsWith(topicPrefix)
    ? userId
    : null;
}

const isKeyOf = (key: KeyObject, certificate: Certificate): boolean =>
  createPublicKey(key).equals(certificate.publicKey);
