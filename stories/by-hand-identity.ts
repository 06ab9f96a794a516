import { createPrivateKey } from 'node:crypto';
import { APPLE_HABITS } from '@keyhaven/mac/habits';
import { payloadsOfType, readProfile } from '@keyhaven/mac/profile';
import { requestCertificate } from '@keyhaven/mac/scep/scep-client';
import { readScepPayload } from '@keyhaven/mac/scep/scep-payload';
import { realSurroundings } from '@keyhaven/mac/surroundings';
import { type MacVoice, voiceWith } from './faults/mac-voice.ts';

/** Takes the certificate that a profile offers, and no step further: a voice that may say anything under it. */
export async function identityByHand(origin: string, profile: Buffer, udid: string): Promise<MacVoice> {
  const [scep] = payloadsOfType(readProfile(profile).payloads, 'com.apple.security.scep');
  const payload = scep === undefined ? null : readScepPayload(scep, {});
  if (payload === null) throw new Error('a profile without SCEP');
  const issued = await requestCertificate(payload, APPLE_HABITS.scep, realSurroundings, undefined);
  return voiceWith(origin, udid, issued.certificate.raw, createPrivateKey(issued.privateKeyPem));
}
