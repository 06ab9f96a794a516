import { dataOf, dictOf, textOf } from '@keyhaven/mac/plist-fields';
import { payloadsOfType, readProfile } from '@keyhaven/mac/profile';
import type { BenchWorld } from '../faults/bench-world.ts';

export type OfferedProfile = {
  readonly enrollment: string;
  /** As served: signed. */
  readonly bytes: Buffer;
  readonly scepUrl: string;
  readonly challenge: string;
  readonly caFingerprint: Buffer;
};

/** Offers an enrollment to this person, fetches its profile, and reads in it what a SCEP client needs. */
export async function offeredProfile(world: BenchWorld, email: string): Promise<OfferedProfile> {
  const person = await world.person(email);
  const { status, body } = await person.call('POST', '/api/v1/enrollments', {});
  if (status !== 201) throw new Error(`the offer was answered ${status}`);
  // Safe because 201 has this shape.
  const { id, profileUrl } = body as { readonly id: string; readonly profileUrl: string };
  const bytes = await person.bytes(profileUrl);
  const [scep] = payloadsOfType(readProfile(bytes).payloads, 'com.apple.security.scep');
  const content = scep === undefined ? null : dictOf(scep, 'PayloadContent');
  const scepUrl = content === null ? null : textOf(content, 'URL');
  const challenge = content === null ? null : textOf(content, 'Challenge');
  const caFingerprint = content === null ? null : dataOf(content, 'CAFingerprint');
  if (scepUrl === null || challenge === null || caFingerprint === null) {
    throw new Error('the profile asks for no certificate');
  }
  return { enrollment: id, bytes, scepUrl, challenge, caFingerprint };
}
