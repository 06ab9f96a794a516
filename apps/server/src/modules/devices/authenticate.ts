import type { Authenticate } from '@keyhaven/apple-mdm/check-in/authenticate';
import type { MacActor } from '../../kernel/actor.ts';
import type { DeviceId } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import {
  type Done,
  done,
  type NotedAs,
  type Refused,
  type Runner,
  refuse,
  runWrite,
} from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device, Inventory } from './device.ts';
import * as store from './devices.store.ts';
import type { EnrollmentReactions } from './devices.ts';
import type { Enrollment, KnownMac } from './enrollment.ts';
import { authenticateEnrollment, endEnrollment, lockEnrollment } from './enrollments.store.ts';

/**
 * Authenticate: the first message of a generation. The certificate says which enrollment this is; UDID and serial
 * number are only the Mac's word. A UDID or serial number that belongs to somebody else makes a separate Mac in
 * quarantine: it never merges, never changes an owner, and is never sent a command (escrow.md, re-enrollment).
 */
export async function authenticate(
  runner: Runner<Tx>,
  reactions: EnrollmentReactions,
  mac: KnownMac,
  message: Authenticate,
): Promise<Result<DeviceId, Refusal>> {
  const actor: MacActor = { kind: 'mac', enrollment: mac.enrollment, device: mac.device };
  return runWrite(runner, actor, async ({ tx, now, ids }) => {
    if (message.channel.kind !== 'device') return refuseMessage(mac, 'user-enrollment');
    const enrollment = await lockEnrollment(tx, mac.enrollment);
    if (enrollment === null || enrollment.state === 'ended') return refuseMessage(mac, 'ended');
    const { udid } = message.channel;
    if (enrollment.udid !== null) {
      // The same Mac repeats itself because it did not get our 200: nothing new happened.
      return enrollment.udid === udid && enrollment.deviceId !== null
        ? done(enrollment.deviceId, {
            action: 'device.enrolled',
            device: enrollment.deviceId,
            detail: { repeated: true },
          })
        : refuseMessage(mac, 'another-udid');
    }
    return arrive({ tx, now, id: ids.next<'device'>(), reactions, enrollment, udid, message });
  });
}

const refuseMessage = (mac: KnownMac, why: string): Refused =>
  refuse(
    { kind: 'forbidden' },
    {
      action: 'device.message-refused',
      ...(mac.device === null ? {} : { device: mac.device }),
      detail: { message: 'Authenticate', why },
    },
  );

type Arrival = {
  readonly tx: Tx;
  readonly now: Date;
  readonly id: DeviceId;
  readonly reactions: EnrollmentReactions;
  readonly enrollment: Enrollment;
  readonly udid: string;
  readonly message: Authenticate;
};

async function arrive(arrival: Arrival): Promise<Done<DeviceId>> {
  const { tx, enrollment, udid, message } = arrival;
  const known = await store.lockDeviceByUdid(tx, udid);
  const ownsUdid = known !== null && known.ownerId === enrollment.personId;
  const foreignSerial =
    message.serialNumber !== null &&
    (await store.isSerialNumberOfAnother(tx, message.serialNumber, enrollment.personId));
  if ((known !== null && !ownsUdid) || foreignSerial) return begin(arrival, true);
  return known === null ? begin(arrival, false) : returnAgain(arrival, known);
}

async function begin(
  { tx, now, id, enrollment, udid, message }: Arrival,
  quarantined: boolean,
): Promise<Done<DeviceId>> {
  await store.insertDevice(
    tx,
    {
      id,
      udid,
      ownerId: enrollment.personId,
      ownership: enrollment.ownership,
      enrollmentId: enrollment.id,
      quarantined,
    },
    inventoryOf(message),
    now,
  );
  const state = quarantined ? 'quarantined' : 'authenticated';
  await authenticateEnrollment(tx, enrollment.id, { udid, device: id, topic: message.topic }, state, now);
  return done(id, { action: quarantined ? 'device.quarantined' : 'device.enrolled', device: id, detail: {} });
}

/** The owner's Mac is back under a new generation. Its keys and escrow keys stay; its queue does not. */
async function returnAgain(
  { tx, now, reactions, enrollment, udid, message }: Arrival,
  device: Device,
): Promise<Done<DeviceId>> {
  await authenticateEnrollment(
    tx,
    enrollment.id,
    { udid, device: device.id, topic: message.topic },
    'authenticated',
    now,
  );
  await store.moveToEnrollment(tx, device.id, enrollment.id, now);
  await store.updateInventory(tx, device.id, inventoryOf(message));
  let notes: readonly NotedAs[] = [];
  if (device.enrollmentId !== null) {
    await endEnrollment(tx, device.enrollmentId, now);
    notes = await reactions.onEnded(tx, {
      device: device.id,
      enrollment: device.enrollmentId,
      next: enrollment.id,
      now,
    });
  }
  return done(device.id, { action: 'device.re-enrolled', device: device.id, detail: {} }, ...notes);
}

const inventoryOf = (message: Authenticate): Inventory => ({
  deviceName: message.deviceName,
  serialNumber: message.serialNumber,
  model: message.modelName ?? message.model,
  productName: message.productName,
  osVersion: message.osVersion,
  buildVersion: message.buildVersion,
});
