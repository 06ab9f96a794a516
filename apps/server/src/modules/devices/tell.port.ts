import type { Notice } from '@keyhaven/api-contract/notice';
import type { PersonActor } from '../../kernel/actor.ts';
import type { Ids, NoticeId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from './device.ts';

/** What the owner of a Mac, or IT, is told; written in the transaction of what it tells. */
export type Tell = {
  readonly owner: (
    tx: Tx,
    told: {
      readonly id: NoticeId;
      readonly device: Device;
      readonly kind: Notice['kind'];
      readonly by: PersonActor | null;
      readonly reason: string | null;
      readonly now: Date;
    },
  ) => Promise<void>;
  /** Everybody who may rotate keys, but the owner, who has a notice of their own. `device` null: no single Mac. */
  readonly it: (
    tx: Tx,
    told: {
      readonly device: Device | null;
      readonly kind: Notice['kind'];
      readonly reason: string | null;
      readonly now: Date;
      readonly ids: Ids;
    },
  ) => Promise<void>;
};
