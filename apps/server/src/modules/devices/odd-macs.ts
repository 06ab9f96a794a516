import type { Clock } from '../../kernel/clock.ts';
import type { DeviceId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import * as store from './devices.store.ts';
import type { KnownMac } from './enrollment.ts';

/** What was refused, and makes one wonder about the Mac whose certificate it was. */
export type Oddity =
  /** Its certificate, and another UDID: a copied disk image, or a backup on other hardware. */
  | 'another-udid'
  /** A certificate of its own that a later one has replaced: an earlier state of its disk came back. */
  | 'certificate-replaced'
  /** The certificate of an enrollment that a later one has replaced: the same, from further back. */
  | 'enrollment-replaced';

/** Keeps in mind, for the owner and IT, that something is odd about this Mac. It changes nothing else. */
export async function noteOddity(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  mac: KnownMac,
  oddity: Oddity,
): Promise<void> {
  // Of an earlier enrollment's certificate nothing is odd but that it is used at all.
  if (mac.device === null || mac.current === (oddity === 'enrollment-replaced')) return;
  if (oddity === 'another-udid') await store.markCertificateShared(database, mac.device, clock.now());
  else await store.markRestored(database, mac.device, clock.now());
}

/** A Mac tells another UDID or serial number of itself than it enrolled with: its certificate is at work elsewhere too. */
export const noteAnotherMac = (tx: Tx, device: DeviceId, now: Date): Promise<void> =>
  store.markCertificateShared(tx, device, now);
