import { X509Certificate } from 'node:crypto';
import { parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { openEnvelopedData } from '@keyhaven/apple-mdm/cms/enveloped-data';
import { verifySignedData } from '@keyhaven/apple-mdm/cms/verify-signed-data';
import { type Identity, privateKeyPem, selfSigned } from '@keyhaven/apple-mdm/oracle/identities';
import { OpensslFolder } from '@keyhaven/apple-mdm/oracle/openssl';
import { opensslRequest, pkiMessage } from '@keyhaven/apple-mdm/oracle/scep-client';
import type { BenchWorld } from '../faults/bench-world.ts';
import { type MacVoice, send, voiceWith } from '../faults/mac-voice.ts';
import { type OfferedProfile, offeredProfile } from './offered-profile.ts';

/** A SCEP request that can be sent again, and what opens its reply. */
export type ScepRequest = { readonly message: Buffer; readonly signer: Identity };

/** A request with openssl's PKCS #10 inside, for the key and challenge given. The transaction id is always the same. */
export async function scepRequest(
  { scepUrl }: OfferedProfile,
  key: Pick<Identity, 'privateKey'>,
  challenge: string,
): Promise<ScepRequest> {
  const ca = await fetch(`${scepUrl}?operation=GetCACert`);
  const folder = new OpensslFolder();
  folder.write('mac.key', privateKeyPem(key.privateKey));
  const csr = opensslRequest(folder, { key: 'mac.key', challenge });
  folder.remove();
  const signer = selfSigned('MDM SCEP SIGNER');
  const certificate = parseCertificate(Buffer.from(await ca.arrayBuffer()));
  return { message: pkiMessage({ csr, signer, ca: certificate }), signer };
}

export const postScep = ({ scepUrl }: OfferedProfile, { message }: ScepRequest) =>
  send(`${scepUrl}?operation=PKIOperation`, 'POST', message, { 'Content-Type': 'application/x-pki-message' });

/** The certificate in a reply, DER; null when it is a refusal. */
export function certificateIn(reply: Buffer, { signer }: ScepRequest): Buffer | null {
  const folder = new OpensslFolder();
  try {
    const { content } = verifySignedData(reply);
    folder.write('bag.der', openEnvelopedData(content, [signer]));
    const pem = folder.run('pkcs7 -inform DER -in bag.der -print_certs');
    return new X509Certificate(pem.slice(pem.indexOf('-----BEGIN'))).raw;
  } catch {
    return null;
  } finally {
    folder.remove();
  }
}

/** An identity that an offer has brought, and nothing said with it yet: no Authenticate, no TokenUpdate. */
export type HandMadeMac = {
  readonly offer: OfferedProfile;
  readonly voice: MacVoice;
  readonly topic: string;
};

const topic = 'com.apple.mgmt.External.11111111-1111-4111-8111-111111111111';

export async function handMadeMac(world: BenchWorld, owner: string, udid: string): Promise<HandMadeMac> {
  const offer = await offeredProfile(world, owner);
  const key = selfSigned('Mac');
  const request = await scepRequest(offer, key, offer.challenge);
  const certificate = certificateIn((await postScep(offer, request)).body, request);
  if (certificate === null) throw new Error('there is no certificate');
  return { offer, voice: voiceWith(world.origin, udid, certificate, key.privateKey), topic };
}

/** Its first two messages. */
export const authenticateMessage = ({ voice, topic: Topic }: HandMadeMac) => ({
  MessageType: 'Authenticate',
  UDID: voice.udid,
  Topic,
});
export const tokenMessage = ({ voice, topic: Topic }: HandMadeMac, token: Buffer, PushMagic = 'magic') => ({
  MessageType: 'TokenUpdate',
  UDID: voice.udid,
  Topic,
  Token: token,
  PushMagic,
});
