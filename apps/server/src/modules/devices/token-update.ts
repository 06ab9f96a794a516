import type { CheckOut } from '@keyhaven/apple-mdm/check-in/other-messages';
import type { TokenUpdate } from '@keyhaven/apple-mdm/check-in/token-update';
import type { MacActor } from '../../kernel/actor.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import { lockDevice, touchDevice } from './devices.store.ts';
import type { EnrollmentReactions } from './devices.ts';
import type { KnownMac } from './enrollment.ts';
import { activateEnrollment, endEnrollment, lockEnrollment } from './enrollments.store.ts';

const actorOf = (mac: KnownMac): MacActor => ({
  kind: 'mac',
  enrollment: mac.enrollment,
  device: mac.device,
});

/** TokenUpdate of the device channel: where to push. The first one makes the enrollment live. */
export async function updateToken(
  runner: Runner<Tx>,
  reactions: EnrollmentReactions,
  mac: KnownMac,
  message: TokenUpdate,
): Promise<Result<null, Refusal>> {
  return runWrite(runner, actorOf(mac), async ({ tx, now }) => {
    const device = mac.device === null ? null : await lockDevice(tx, mac.device);
    const enrollment = await lockEnrollment(tx, mac.enrollment);
    if (device === null || enrollment === null || enrollment.state === 'ended') {
      return refuse({ kind: 'forbidden' });
    }
    const push = { topic: message.topic, token: message.token, magic: message.pushMagic };
    await activateEnrollment(tx, mac.enrollment, push, now);
    await touchDevice(tx, device.id, now);
    const first = enrollment.state === 'authenticated';
    const notes = first
      ? await reactions.onActivated(tx, { device: device.id, enrollment: mac.enrollment, now })
      : [];
    return done(null, { action: 'device.enrolled', device: device.id, detail: { live: first } }, ...notes);
  });
}

/** CheckOut: the Mac says good-bye. Its keys stay. */
export async function checkOut(
  runner: Runner<Tx>,
  reactions: EnrollmentReactions,
  mac: KnownMac,
  _message: CheckOut,
): Promise<Result<null, Refusal>> {
  return runWrite(runner, actorOf(mac), async ({ tx, now }) => {
    const device = mac.device === null ? null : await lockDevice(tx, mac.device);
    const enrollment = await lockEnrollment(tx, mac.enrollment);
    if (device === null || enrollment === null) return refuse({ kind: 'forbidden' });
    if (enrollment.state === 'ended') {
      // Said before, or by a generation that another has replaced: it does not speak for the Mac's present.
      return done(null, { action: 'device.unenrolled', device: device.id, detail: { repeated: true } });
    }
    await endEnrollment(tx, mac.enrollment, now);
    const notes = await reactions.onEnded(tx, {
      device: device.id,
      enrollment: mac.enrollment,
      next: null,
      now,
    });
    return done(null, { action: 'device.unenrolled', device: device.id, detail: {} }, ...notes);
  });
}
