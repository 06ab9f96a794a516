import type { Database } from '../../platform/db/database.ts';
import * as store from './nanomdm.store.ts';

/** Whether both sides hear each other. For the doctor and metrics. */
export type NanoMdmHealth = {
  /** When the webhook last brought an authentic event. */
  readonly webhookHeardAt: Date | null;
  readonly apiAnsweredAt: Date | null;
  readonly apiFault: { readonly at: Date; readonly why: string } | null;
  /** Events that nobody has made sense of yet, and since when. */
  readonly waitingEvents: number;
  readonly oldestWaitingAt: Date | null;
  /** Commands on their way, or that NanoMDM has not taken. */
  readonly commandsNotTaken: number;
};

/** Reads it from the database: any process may ask, also one that does not serve. */
export async function nanoMdmHealth(database: Database): Promise<NanoMdmHealth> {
  const contacts = await store.findContacts(database);
  const webhook = contacts.find(({ direction }) => direction === 'webhook');
  const api = contacts.find(({ direction }) => direction === 'api');
  const { events, oldestAt, sending } = await store.countWaiting(database);
  const at = api?.lastFaultAt ?? null;
  return {
    webhookHeardAt: webhook?.lastAt ?? null,
    apiAnsweredAt: api?.lastAt ?? null,
    apiFault: at === null ? null : { at, why: api?.lastFault ?? '' },
    waitingEvents: events,
    oldestWaitingAt: oldestAt,
    commandsNotTaken: sending,
  };
}
