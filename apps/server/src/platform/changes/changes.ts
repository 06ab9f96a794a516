import type { Tx } from '../db/database.ts';
import { namedQuery, prepared } from '../db/named-statements.ts';

/** Something changed that an open page may be showing. Ids only. */
export type Change =
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'attempt'; readonly device: string; readonly attempt: string }
  | { readonly kind: 'notice'; readonly person: string; readonly notice: string };

export const changesChannel = 'keyhaven_changes';

const announceStatement = prepared('announce-change', `select pg_notify('${changesChannel}', $1)`);

/** Tells every process of the change, once this transaction is committed and never if it is not. */
export async function announce(tx: Tx, change: Change): Promise<void> {
  await namedQuery(tx, announceStatement, [JSON.stringify(change)]);
}
