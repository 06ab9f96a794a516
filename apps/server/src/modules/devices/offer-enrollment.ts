import type { Ownership } from '@keyhaven/api-contract/device';
import type { PersonActor } from '../../kernel/actor.ts';
import { after, hours } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type Result, refused } from '../../kernel/result.ts';
import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import { type DeviceAddresses, renderEnrollmentProfile } from './enrollment-profile.ts';
import { findEnrollment, insertEnrollment, takeProfile } from './enrollments.store.ts';
import { insertIdentity } from './identities.store.ts';
import { newChallenge } from './new-challenge.ts';

export type OfferContext = {
  readonly runner: Runner<Tx>;
  readonly database: Database;
  readonly vault: Vault;
  readonly addresses: DeviceAddresses;
  /** The topic of the push certificate in use; null while there is none: then no Mac can enroll. */
  readonly pushTopic: () => Promise<string | null>;
  readonly organization: string;
};

const offerLasts = hours(1);

/** Offers an enrollment to the signed-in person. Its profile is theirs to fetch, once, from this session. */
export async function offerEnrollment(
  { runner, pushTopic }: OfferContext,
  actor: PersonActor,
  ownership: Ownership | undefined,
): Promise<Result<{ readonly id: EnrollmentId; readonly expiresAt: Date }, Refusal>> {
  const topic = await pushTopic();
  return runWrite(runner, actor, async ({ tx, now, ids }) => {
    if (ownership !== undefined && !actor.permissions.has('device:write')) {
      return refuse({ kind: 'forbidden' });
    }
    if (topic === null) return refuse({ kind: 'push-certificate-missing' });
    const id = ids.next<'enrollment'>();
    const expiresAt = after(now, offerLasts);
    // It has no challenge until the profile is served: nothing on earth fits.
    const offer = { id, personId: actor.person, sessionId: actor.session, expiresAt };
    await insertEnrollment(tx, { ...offer, ownership: ownership ?? null }, now);
    return done({ id, expiresAt }, { action: 'enrollment.offered', detail: { enrollment: id } });
  });
}

/** The signed profile of an offered enrollment, once, to the session that made it. It holds the challenge. */
export async function serveProfile(
  context: OfferContext,
  actor: PersonActor,
  enrollment: EnrollmentId,
  signed: boolean,
): Promise<Result<Buffer, Refusal>> {
  const { runner, vault, addresses, organization } = context;
  const pushTopic = await context.pushTopic();
  if (pushTopic === null) return refused({ kind: 'not-found' });
  const { challenge, challengeHash } = newChallenge();
  const taken = await runWrite(runner, actor, async ({ tx, now, ids }) => {
    if (!(await takeProfile(tx, enrollment, actor.session, now))) return refuse({ kind: 'not-found' });
    const identity = {
      id: ids.next<'identity'>(),
      enrollment,
      purpose: 'enrollment',
      challengeHash,
    } as const;
    await insertIdentity(tx, { ...identity, challengeExpiresAt: after(now, offerLasts) }, now);
    return done(null, { action: 'enrollment.profile-served', detail: { enrollment } });
  });
  if (!taken.ok) return taken;
  const deviceCa = await vault.deviceCa();
  const profile = renderEnrollmentProfile({
    enrollment,
    challenge,
    addresses,
    pushTopic,
    deviceCa,
    organization,
  });
  return { ok: true, value: signed ? await vault.signProfile(profile) : profile };
}

/** Whether there is such an enrollment at all. */
export const isEnrollment = async (database: Database, id: EnrollmentId): Promise<boolean> =>
  (await findEnrollment(database, id)) !== null;
