import { sealedFromBytes } from '@keyhaven/sealing/record';
import { open } from '@keyhaven/sealing/seal';
import type { EventId } from '../kernel/id.ts';
import { eventBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { findEvent } from './vault.store.ts';

/** The message as the Mac sent it to the other server; its keys are still encrypted to the escrow key. */
export async function readEvent({ database, keys }: VaultContext, event: EventId): Promise<Buffer> {
  const stored = await findEvent(database, event);
  if (stored === null) throw new Error('an event to read that is not stored');
  const binding = eventBinding(stored.enrollment, event, stored.ownershipClass);
  return (await open(sealedFromBytes(stored.sealed), binding, keys)).expose();
}
