import type { EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import type { PersonActor } from '../../kernel/actor.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import { type EnrollmentSteps, findSteps } from './enrollments.store.ts';

/** How far this person's enrollment has come; null when it is none of theirs. */
export async function enrollmentProgress(
  database: Database,
  actor: PersonActor,
  id: EnrollmentId,
  now: Date,
): Promise<EnrollmentProgress | null> {
  const steps = await findSteps(database, id);
  if (steps === null || steps.personId !== actor.person) return null;
  const state = progressOf(steps, now);
  return {
    id,
    state,
    refusal: steps.refusedBecause,
    // A Mac in quarantine is nobody's: the page says that IT decides, and no more.
    deviceId: state === 'arrived' || state === 'live' || state === 'ended' ? steps.deviceId : null,
    expiresAt: steps.expiresAt.toISOString(),
  };
}

/** The steps of an enrollment as one state. */
export function progressOf(steps: EnrollmentSteps, now: Date): EnrollmentProgress['state'] {
  if (steps.refusedBecause !== null && steps.state !== 'active') return 'refused';
  switch (steps.state) {
    case 'authenticated':
      return 'arrived';
    case 'active':
      return 'live';
    case 'ended':
    case 'quarantined':
      return steps.state;
    case 'offered':
      if (steps.hasCertificate) return 'identified';
      if (steps.challengeExpiresAt !== null) return steps.challengeExpiresAt < now ? 'expired' : 'downloaded';
      return steps.expiresAt < now ? 'expired' : 'offered';
  }
}
