import type { PersonActor } from '../../kernel/actor.ts';
import type { Ids, NoticeId } from '../../kernel/id.ts';
import type { Runner } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Wake } from '../commands/transport.port.ts';
import type { Device } from '../devices/device.ts';

/** What the owner of a Mac, or IT, is told; written in the transaction of what it tells. */
export type Tell = {
  readonly owner: (
    tx: Tx,
    told: {
      readonly id: NoticeId;
      readonly device: Device;
      readonly kind: 'key-viewed' | 'key-rotated' | 'attempt-needs-attention';
      readonly by: PersonActor | null;
      readonly reason: string | null;
      readonly now: Date;
    },
  ) => Promise<void>;
  readonly it: (
    tx: Tx,
    told: { readonly device: Device; readonly now: Date; readonly ids: Ids },
  ) => Promise<void>;
};

/** What the rooms of escrow work with. */
export type EscrowContext = {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly vault: Vault;
  readonly wake: Wake;
  readonly tell: Tell;
  readonly onFault: (error: unknown, doing: string) => void;
};
