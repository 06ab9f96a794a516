import { z } from 'zod';
import { id, timestamp, words } from './primitives.ts';

/** The certificate by which we may push Macs, as an administrator sees it. Its key never leaves. */
export const pushCertificate = z.object({
  /** `expires-soon`: 60 days or less. */
  state: z.enum(['valid', 'expires-soon', 'expired', 'missing']),
  /** `settings`: of KEYHAVEN_APNS_CERTIFICATE; a stored one wins. */
  source: z.enum(['stored', 'settings', 'none']),
  /** What a Mac that enrolls now is told; null: none can enroll. */
  topic: z.string().nullable(),
  notBefore: timestamp.nullable(),
  notAfter: timestamp.nullable(),
  /** Whole days until `notAfter`, 0 on the last; negative once it is over. */
  daysLeft: z.int().nullable(),
  /** Macs that only a certificate of the same topic reaches. */
  enrolledMacs: z.int(),
  /** The reason for which Apple last refused our pushes altogether, in Apple's word; null once it takes them. */
  refusedByApple: z.string().nullable(),
});
export type PushCertificate = z.infer<typeof pushCertificate>;

const pem = z.string().max(60_000);
const password = z.string().max(200);

/**
 * One of: certificate and key, PEM, in one text or two; the certificate alone, in answer to a request made here; or a
 * PKCS #12 file, in base64.
 */
export const pushCertificateUpload = z.union([
  z.strictObject({ certificate: pem, key: pem.optional(), password: password.optional() }),
  z.strictObject({ pkcs12: z.base64().max(60_000), password: password.optional() }),
]);
export type PushCertificateUpload = z.infer<typeof pushCertificateUpload>;

export const pushCertificateRequestBody = z.strictObject({
  /** The name in the request; Apple does not look at it. */
  commonName: words(64).min(1).optional(),
  /** Asked when mdmcert.download is to sign the request: the account there, and the API key that they gave you. */
  mdmcertDownload: z.strictObject({ email: z.email().max(254), apiKey: words(200).min(1) }).optional(),
});
export type PushCertificateRequestBody = z.infer<typeof pushCertificateRequestBody>;

/** What the administrator sends to mdmcert.download: we call nobody. */
export const mdmcertDownloadCall = z.object({
  url: z.url(),
  body: z.object({ csr: z.string(), email: z.string(), key: z.string(), encrypt: z.string() }),
});
export type MdmcertDownloadCall = z.infer<typeof mdmcertDownloadCall>;

export const pushCertificateRequest = z.object({
  id,
  /** PKCS #10, PEM. */
  request: z.string(),
  mdmcertDownload: mdmcertDownloadCall.nullable(),
});
export type PushCertificateRequest = z.infer<typeof pushCertificateRequest>;

/** What mdmcert.download sent by mail: hexadecimal, in any lines. */
export const pushRequestAnswer = z.strictObject({
  answer: z
    .string()
    .max(60_000)
    .regex(/^[\sA-Fa-f0-9]+$/),
});
/** The signed request as a text to upload at identity.apple.com. */
export const signedPushRequest = z.object({ request: z.string() });
