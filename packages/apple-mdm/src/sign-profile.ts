import type { KeyObject } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { createSignedData } from './cms/create-signed-data.ts';

/**
 * Wraps a configuration profile in the signature that macOS shows as "Verified": CMS SignedData, content inside, DER,
 * SHA-256 (Apple, "Signing and encrypting a profile").
 * @param chain DER of the intermediates, which macOS does not fetch
 */
export function signProfile(
  profile: Buffer,
  signer: { readonly certificate: Certificate /** RSA or EC. */; readonly privateKey: KeyObject },
  chain: readonly Buffer[] = [],
): Buffer {
  return createSignedData({ content: profile, signer, chain, digest: 'sha256' });
}
