import type { KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** What proves us to Apple's push service. The key is inside and cannot be read out. */
export type PushIdentity = {
  /** SHA-256 of the certificate, lower-case hexadecimal: another one, another connection. */
  readonly id: string;
  readonly topic: string;
  /** For TLS 1.2 or later. `ca` (PEM) in the place of the certificate authorities of this machine. */
  readonly secureContext: (ca?: string) => SecureContext;
};

export const pushIdentity = (parts: {
  readonly id: string;
  readonly topic: string;
  /** PEM, the certificate itself first. */
  readonly chain: string;
  readonly privateKey: KeyObject;
}): PushIdentity => ({
  id: parts.id,
  topic: parts.topic,
  secureContext: (ca) =>
    createSecureContext({
      cert: parts.chain,
      key: parts.privateKey.export({ format: 'pem', type: 'pkcs8' }),
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
    }),
});
