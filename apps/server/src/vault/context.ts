import type { KeyEncryption } from '@keyhaven/sealing/key-encryption.port';
import type { Clock } from '../kernel/clock.ts';
import type { Ids } from '../kernel/id.ts';
import type { Database } from '../platform/db/database.ts';

/** What the vault works with. It has a database connection of its own. */
export type VaultContext = {
  readonly database: Database;
  readonly keys: KeyEncryption;
  readonly clock: Clock;
  readonly ids: Ids;
};
