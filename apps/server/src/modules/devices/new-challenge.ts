import { createHash, randomBytes } from 'node:crypto';

/** A SCEP challenge, good once (192 random bits), and what is stored of it. */
export function newChallenge(): { readonly challenge: string; readonly challengeHash: Buffer } {
  const challenge = randomBytes(24).toString('base64url');
  return { challenge, challengeHash: createHash('sha256').update(challenge).digest() };
}
