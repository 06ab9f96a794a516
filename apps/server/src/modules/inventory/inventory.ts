import { after, hours, minutes } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import * as store from './inventory.store.ts';

/** Milliseconds to the next daily questions: a day, and up to a tenth less or more, so that Macs do not come in waves. */
export const untilNextDay = (chance: number): number => hours(24) * (0.9 + chance / 5);

/** Asks this generation daily from now on; `chance` in [0, 1). */
export const scheduleDaily = (tx: Tx, enrollment: EnrollmentId, now: Date, chance: number): Promise<void> =>
  store.schedule(tx, enrollment, 'daily', after(now, untilNextDay(chance)));

/** The escrow copy appears some time after the profile is there, if it does (reference, section 5.2). */
export async function followUpOnProfile(tx: Tx, enrollment: EnrollmentId, now: Date): Promise<void> {
  await store.schedule(tx, enrollment, 'profile-2', after(now, minutes(2)));
  await store.schedule(tx, enrollment, 'profile-10', after(now, minutes(10)));
  await store.schedule(tx, enrollment, 'profile-60', after(now, minutes(60)));
}
