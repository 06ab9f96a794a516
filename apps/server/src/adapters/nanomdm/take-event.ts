import { createHash } from 'node:crypto';
import { parseAnswer } from '@keyhaven/apple-mdm/command-answer';
import type { Clock } from '../../kernel/clock.ts';
import type { EnrollmentId, EventId, Ids } from '../../kernel/id.ts';
import { findMacByEnrollment } from '../../modules/devices/devices.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import { enrollmentCalled, type Prove } from './enrollment-address.ts';
import * as store from './nanomdm.store.ts';
import type { WebhookEvent } from './webhook-event.ts';

export type TakingContext = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly prove: Prove;
  /** An authentic event that is nobody's of ours. */
  readonly onRefused: (why: string, enrollment: EnrollmentId | null) => void;
};

/** Topics with something in them for us; the others are answered and forgotten, whatever they hold. */
const heard = new Set(['mdm.Authenticate', 'mdm.TokenUpdate', 'mdm.CheckOut', 'mdm.Connect']);

/** Makes an authentic event durable, sealed; returns the enrollment that has something to be heard. */
export async function takeEvent(context: TakingContext, event: WebhookEvent): Promise<EnrollmentId | null> {
  const { database, vault, clock, ids } = context;
  if (!heard.has(event.topic)) return null;
  const { topic, nanoMdmId } = event;
  const called = enrollmentCalled(event.urlParams, context.prove);
  const mac = called === null ? null : await findMacByEnrollment(database, called);
  const id = ids.next<'event'>();
  const fingerprint = fingerprintOf(event, id);
  if (mac === null) {
    context.onRefused('enrollment-not-proved', null);
    const arrival = {
      id,
      nanoMdmId,
      topic,
      fingerprint,
      enrollment: null,
      ownershipClass: null,
      sealed: null,
    };
    // Somebody took this id of NanoMDM's: that has to be known before a command goes there.
    if (topic === 'mdm.Authenticate') await store.insertEvent(database, arrival, clock.now());
    return null;
  }
  const { enrollment, ownership: ownershipClass } = mac;
  const sealed = await vault.sealEvent({ enrollment, event: id, ownershipClass, bytes: event.message });
  const taken = { id, enrollment, ownershipClass, nanoMdmId, topic, fingerprint, sealed };
  await store.insertEvent(database, taken, clock.now());
  return enrollment;
}

/**
 * What makes a repetition the same event: the bytes of a Mac's answer for good, and NanoMDM's trace id of all else, since
 * an Idle or a NotNow is the same bytes every day. An Authenticate without a trace is always another one: it may be
 * somebody who takes the Mac's place with the same bytes once more.
 */
function fingerprintOf(event: WebhookEvent, id: EventId): Buffer {
  const hash = createHash('sha256');
  for (const part of [event.topic, event.nanoMdmId, traceOf(event, id)])
    hash.update(`${part.length} ${part} `);
  return hash.update(event.message).digest();
}

function traceOf(event: WebhookEvent, id: EventId): string {
  const trace = event.eventId ?? '';
  if (event.topic === 'mdm.Authenticate' && trace === '') return id;
  if (event.topic !== 'mdm.Connect') return trace;
  try {
    const { status } = parseAnswer(event.message);
    return status === 'Idle' || status === 'NotNow' ? trace : '';
  } catch {
    return trace;
  }
}
