import { createHash, timingSafeEqual } from 'node:crypto';
import { parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { pkiFailure, pkiSuccess } from '@keyhaven/apple-mdm/scep/cert-rep';
import { issueDeviceCertificate } from '@keyhaven/apple-mdm/scep/device-certificate';
import { type PkcsReq, readPkcsReq } from '@keyhaven/apple-mdm/scep/pkcs-req';
import { ScepError, type ScepTransaction } from '@keyhaven/apple-mdm/scep/scep-error';
import type { EnrollmentId } from '../kernel/id.ts';
import type { VaultContext } from './context.ts';
import type { SystemKey } from './system-keys.ts';
import { findScepIdentities, type ScepIdentity } from './vault.store.ts';
import type { ScepAnswer } from './vault.ts';

const validDays = 365;

/**
 * Issues one certificate for one challenge. The same transaction with the same key gets the same certificate again, so
 * that a lost reply does no harm; anything else after the first is refused.
 */
export async function answerScep(
  context: VaultContext,
  ca: SystemKey,
  enrollment: EnrollmentId,
  message: Buffer,
): Promise<ScepAnswer> {
  const refuse = (request: ScepTransaction, why: string): ScepAnswer => ({
    kind: 'refused',
    reply: pkiFailure({ request, failInfo: 'bad-request', ca }),
    why,
  });
  let request: PkcsReq;
  try {
    request = readPkcsReq(message, ca);
  } catch (error) {
    if (!(error instanceof ScepError)) throw error;
    if (error.transaction === null) return { kind: 'malformed' };
    const reply = pkiFailure({ request: error.transaction, failInfo: error.failInfo, ca });
    return { kind: 'refused', reply, why: error.failInfo };
  }
  const now = context.clock.now();
  const offered = (await findScepIdentities(context.database, enrollment)).find((each) =>
    isChallenge(each, request.challenge),
  );
  if (offered === undefined) return refuse(request, 'challenge');
  if (offered.certificate !== null) {
    // A lost reply does no harm within the challenge's time; after that nobody waits for it any more.
    return isRepetition(offered, request) && now <= offered.expiresAt
      ? issued(ca, request, offered, offered.certificate, true)
      : refuse(request, 'challenge-used');
  }
  if (!isOpen(offered) || offered.expiresAt < now) return refuse(request, 'challenge-expired');
  const certificate = issueDeviceCertificate({
    ca,
    publicKey: request.publicKey,
    enrollmentId: enrollment,
    now,
    days: validDays,
  });
  return issued(ca, request, offered, certificate, false);
}

/** A first certificate is for an enrollment that no Mac has; a renewal for one that is live. */
const isOpen = ({ purpose, enrollmentState }: ScepIdentity): boolean =>
  enrollmentState === (purpose === 'enrollment' ? 'offered' : 'active');

const isChallenge = (offered: ScepIdentity, challenge: string): boolean =>
  timingSafeEqual(offered.challengeHash, createHash('sha256').update(challenge).digest());

const isRepetition = (offered: ScepIdentity, request: PkcsReq): boolean =>
  offered.transactionId === request.transactionId &&
  offered.publicKeySha256?.toString('hex') === request.publicKeySha256;

function issued(
  ca: SystemKey,
  request: PkcsReq,
  { id: identity }: ScepIdentity,
  certificate: Buffer,
  repeated: boolean,
): ScepAnswer {
  return {
    kind: 'issued',
    identity,
    reply: pkiSuccess({ request, issued: certificate, ca }),
    certificate,
    certificateSha256: createHash('sha256').update(certificate).digest(),
    notAfter: parseCertificate(certificate).notAfter,
    transactionId: request.transactionId,
    publicKeySha256: Buffer.from(request.publicKeySha256, 'hex'),
    repeated,
  };
}
