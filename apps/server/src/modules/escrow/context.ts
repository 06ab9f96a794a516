import type { Runner } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Wake } from '../commands/transport.port.ts';
import type { Tell } from '../devices/tell.port.ts';

/** What the rooms of escrow work with. */
export type EscrowContext = {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly vault: Vault;
  readonly wake: Wake;
  readonly tell: Tell;
  /** False: commands rest in clear on their way, and nobody has said that a key may be in one. */
  readonly rotationAllowed: boolean;
  readonly onFault: (error: unknown, doing: string) => void;
};
