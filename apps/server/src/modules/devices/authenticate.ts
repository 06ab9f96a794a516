import type { Ownership } from '@keyhaven/api-contract/device';
import type { Authenticate } from '@keyhaven/apple-mdm/check-in/authenticate';
import type { MacActor } from '../../kernel/actor.ts';
import type { DeviceId, Ids } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type Result, refused } from '../../kernel/result.ts';
import {
  type Done,
  done,
  type NotedAs,
  type Refused,
  type Runner,
  refuse,
  runWrite,
} from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import { isCompanyOwned } from './corporate-identifiers.store.ts';
import type { Device, Inventory } from './device.ts';
import * as store from './devices.store.ts';
import type { EnrollmentChange, EnrollmentReactions } from './devices.ts';
import type { Enrollment, KnownMac } from './enrollment.ts';
import {
  authenticateEnrollment,
  endEnrollment,
  lockEnrollment,
  refuseEnrollment,
} from './enrollments.store.ts';
import { markUsed } from './identities.store.ts';

/**
 * Authenticate: the first message of a generation, or of a renewed certificate. The certificate says which enrollment
 * this is; UDID and serial number are only the Mac's word. A UDID or serial number that belongs to somebody else makes a
 * separate Mac in quarantine: it never merges, never changes an owner, and is never sent a command (escrow.md).
 */
export async function authenticate(
  runner: Runner<Tx>,
  reactions: EnrollmentReactions,
  mac: KnownMac,
  message: Authenticate,
): Promise<Result<DeviceId, Refusal>> {
  const actor: MacActor = { kind: 'mac', enrollment: mac.enrollment, device: mac.device };
  const heard = await runWrite<Tx, MacActor, DeviceId | null>(runner, actor, async ({ tx, now, ids }) => {
    const enrollment = await lockEnrollment(tx, mac.enrollment);
    if (enrollment === null || enrollment.state === 'ended') return refuseMessage(mac, 'ended');
    if (message.channel.kind !== 'device') return refuseUserEnrollment(tx, enrollment);
    const { udid } = message.channel;
    if (enrollment.udid === null) {
      await markUsed(tx, mac.identity.id, now);
      return arrive({ tx, now, ids, reactions, enrollment, udid, message });
    }
    if (enrollment.udid !== udid || enrollment.deviceId === null) return refuseMessage(mac, 'another-udid');
    const live = enrollment.state === 'active';
    return again({ tx, now, ids, reactions, live }, mac, enrollment.deviceId, message);
  });
  if (!heard.ok) return heard;
  return heard.value === null ? refused({ kind: 'forbidden' }) : { ok: true, value: heard.value };
}

type Repetition = Pick<Arrival, 'tx' | 'now' | 'ids' | 'reactions'> & { readonly live: boolean };

/**
 * Either a certificate that we had it renew, or the same Mac that did not get our 200: no new generation. Where nobody
 * shows us the certificate it may as well be somebody who has only the address.
 */
async function again(
  repetition: Repetition,
  { identity, enrollment }: KnownMac,
  device: DeviceId,
  message: Authenticate,
): Promise<Done<DeviceId>> {
  const { tx, now } = repetition;
  const renewed = identity.purpose === 'renewal' && !identity.used;
  await markUsed(tx, identity.id, now);
  const notes = await distrust(repetition, { device, enrollment, now }, renewed);
  if (!renewed) {
    return done(device, { action: 'device.enrolled', device, detail: { repeated: true } }, ...notes);
  }
  await store.updateInventory(tx, device, inventoryOf(message));
  await announce(tx, { kind: 'device', device });
  return done(device, { action: 'identity.renewed', device }, ...notes);
}

/**
 * Of a live enrollment only, and of the one that its Mac has now. Its owner hears of it, but not of a renewal that we
 * began: that is expected, though it may be a stranger who says Authenticate while one is under way.
 */
async function distrust(
  { tx, ids, reactions, live }: Repetition,
  change: EnrollmentChange,
  renewed: boolean,
): Promise<readonly NotedAs[]> {
  if (reactions.onRepeated === null || !live) return [];
  const device = await store.lockDevice(tx, change.device);
  if (device === null || device.enrollmentId !== change.enrollment) return [];
  const notes = await reactions.onRepeated(tx, change);
  if (renewed) return notes;
  const kind = 're-enrolled';
  await reactions.tell.owner(tx, { id: ids.next(), device, kind, by: null, reason: null, now: change.now });
  return notes;
}

/** Apple forbids every FileVault command there; the person who waits on the page is told so. */
async function refuseUserEnrollment(tx: Tx, enrollment: Enrollment): Promise<Done<null>> {
  await refuseEnrollment(tx, enrollment.id, 'user-enrollment');
  const detail = { enrollment: enrollment.id, why: 'user-enrollment' };
  return done(null, { action: 'enrollment.refused', detail });
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
  readonly ids: Ids;
  readonly reactions: EnrollmentReactions;
  readonly enrollment: Enrollment;
  readonly udid: string;
  readonly message: Authenticate;
};

async function arrive(arrival: Arrival): Promise<Done<DeviceId>> {
  const { tx, enrollment, udid, message } = arrival;
  const known = await store.lockDeviceByUdid(tx, udid);
  if (known !== null && known.ownerId === enrollment.personId) {
    const foreign = await serialOfAnother(arrival);
    return foreign === null ? returnAgain(arrival, known) : begin(arrival, foreign);
  }
  return begin(arrival, known ?? (message.serialNumber === null ? null : await serialOfAnother(arrival)));
}

const serialOfAnother = async ({ tx, message, enrollment }: Arrival): Promise<Device | null> =>
  message.serialNumber === null
    ? null
    : store.findDeviceOfAnother(tx, message.serialNumber, enrollment.personId);

/** A Mac that was never here. `claimed`: it says that it is this one, which belongs to somebody else. */
async function begin(arrival: Arrival, claimed: Device | null): Promise<Done<DeviceId>> {
  const { tx, now, ids, enrollment, udid, message } = arrival;
  const id = ids.next<'device'>();
  await store.insertDevice(
    tx,
    {
      id,
      udid,
      ownerId: enrollment.personId,
      ownership: await ownershipOf(arrival),
      enrollmentId: enrollment.id,
      claims: claimed?.id ?? null,
    },
    inventoryOf(message),
    now,
  );
  const state = claimed === null ? 'authenticated' : 'quarantined';
  await authenticateEnrollment(tx, enrollment.id, { udid, device: id, topic: message.topic }, state, now);
  await announce(tx, { kind: 'device', device: id });
  if (claimed === null) return done(id, { action: 'device.enrolled', device: id });
  await tellOfClaim(arrival, id, claimed);
  return done(id, { action: 'device.quarantined', device: id, detail: { claims: claimed.id } });
}

/** The owner hears of it at once, and IT, who has to settle it. */
async function tellOfClaim(
  { tx, now, ids, reactions }: Arrival,
  id: DeviceId,
  claimed: Device,
): Promise<void> {
  const kind = 'mac-quarantined';
  const told = { id: ids.next<'notice'>(), device: claimed, kind, by: null, reason: null, now } as const;
  await reactions.tell.owner(tx, told);
  const inQuarantine = await store.findDevice(tx, id);
  await reactions.tell.it(tx, { device: inQuarantine, kind, reason: null, now, ids });
}

/**
 * What IT said at the offer; else corporate when it has the serial number on its list, and personal when not. A Mac that
 * was ever personal here, of whomever, begins personal: its disk may still open with a key of that time, and only a
 * change of ownership, of which its owner is told, makes it corporate (product.md I6).
 */
async function ownershipOf({ tx, enrollment, udid, message }: Arrival): Promise<Ownership> {
  const { serialNumber } = message;
  if (await store.wasEverPersonal(tx, udid, serialNumber)) return 'personal';
  if (enrollment.ownership !== null) return enrollment.ownership;
  return serialNumber !== null && (await isCompanyOwned(tx, serialNumber)) ? 'corporate' : 'personal';
}

/** The owner's Mac is back under a new generation. Its keys and escrow keys stay; its queue does not. */
async function returnAgain(arrival: Arrival, device: Device): Promise<Done<DeviceId>> {
  const { tx, now, ids, reactions, enrollment, udid, message } = arrival;
  const told = { udid, device: device.id, topic: message.topic };
  await authenticateEnrollment(tx, enrollment.id, told, 'authenticated', now);
  await store.moveToEnrollment(tx, device.id, enrollment.id, now);
  await store.updateInventory(tx, device.id, inventoryOf(message));
  await announce(tx, { kind: 'device', device: device.id });
  let notes: readonly NotedAs[] = [];
  if (device.enrollmentId !== null) {
    await endEnrollment(tx, device.enrollmentId, now);
    notes = await reactions.onEnded(tx, {
      device: device.id,
      enrollment: device.enrollmentId,
      next: enrollment.id,
      now,
    });
    // Whoever holds the owner's account could do this too: an escrow copy replayed under it would pass for fresh.
    const kind = 're-enrolled';
    await reactions.tell.owner(tx, { id: ids.next(), device, kind, by: null, reason: null, now });
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
