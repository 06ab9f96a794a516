import type { PolicySettings } from '@keyhaven/api-contract/policy';
import { sql } from 'kysely';
import type { PolicyId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { completed, type Policy, type StoredSettings } from './policy-settings.ts';

type Row = Omit<Policy, 'settings'> & { readonly settings: StoredSettings };
const columns = sql.raw(
  `id, name, version, profile_version as "profileVersion", settings, updated_at as "updatedAt"`,
);

const complete = (row: Row): Policy => ({ ...row, settings: completed(row.settings) });

export async function findDefaultPolicy(executor: Database | Tx): Promise<Policy | null> {
  const { rows } = await sql<Row>`
    select ${columns} from policies order by priority desc limit 1`.execute(executor);
  return rows[0] === undefined ? null : complete(rows[0]);
}

/** Every policy, that of the highest priority first. */
export async function findPolicies(executor: Database | Tx): Promise<readonly Policy[]> {
  const { rows } = await sql<Row>`select ${columns} from policies order by priority desc`.execute(executor);
  return rows.map(complete);
}

export async function findPolicy(executor: Database | Tx, id: PolicyId): Promise<Policy | null> {
  const { rows } = await sql<Row>`select ${columns} from policies where id = ${id}`.execute(executor);
  return rows[0] === undefined ? null : complete(rows[0]);
}

/** False when a policy of this priority is there already. */
export async function insertPolicy(
  tx: Tx,
  policy: { readonly id: PolicyId; readonly name: string; readonly settings: PolicySettings },
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into policies (id, name, version, priority, settings, created_at, updated_at)
    values (${policy.id}, ${policy.name}, 1, 0, ${JSON.stringify(policy.settings)}, ${now}, ${now})
    on conflict (priority) do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

/** Gives a policy its next version; false when `from` is not the newest. */
export async function replaceSettings(
  tx: Tx,
  from: Pick<Policy, 'id' | 'version'>,
  to: { readonly settings: PolicySettings; readonly altersProfile: boolean },
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update policies set version = version + 1, settings = ${JSON.stringify(to.settings)}, updated_at = ${now},
      profile_version = case when ${to.altersProfile} then version + 1 else profile_version end
    where id = ${from.id} and version = ${from.version}`.execute(tx);
  return numAffectedRows === 1n;
}
