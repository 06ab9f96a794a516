import { sql } from 'kysely';
import type { PersonId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';

/** Whether IT has this serial number on its list of company-owned Macs. Case does not matter. */
export async function isCompanyOwned(tx: Tx, serialNumber: string): Promise<boolean> {
  const { rows } = await sql<{ listed: boolean }>`
    select exists (select from corporate_identifiers where serial_number = upper(${serialNumber})) as listed`.execute(
    tx,
  );
  return rows[0]?.listed ?? false;
}

/** Adds serial numbers in capitals; returns how many were not there before. */
export async function addIdentifiers(
  tx: Tx,
  serialNumbers: readonly string[],
  by: PersonId,
  now: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into corporate_identifiers (serial_number, added_by, added_at)
    select distinct serial, ${by}::uuid, ${now}::timestamptz from unnest(${serialNumbers}::text[]) as serial
    on conflict (serial_number) do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Takes serial numbers off the list; returns how many were on it. */
export async function removeIdentifiers(tx: Tx, serialNumbers: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from corporate_identifiers where serial_number = any(${serialNumbers}::text[])`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

export type CorporateIdentifierRow = {
  readonly serialNumber: string;
  readonly addedAt: Date;
  readonly addedByName: string | null;
};

/** A page of the list by serial number, from after `last` on. */
export async function findIdentifiers(
  database: Database,
  last: string | null,
  limit: number,
): Promise<readonly CorporateIdentifierRow[]> {
  const { rows } = await sql<CorporateIdentifierRow>`
    select c.serial_number as "serialNumber", c.added_at as "addedAt", p.name as "addedByName"
    from corporate_identifiers c left join people p on p.id = c.added_by
    where ${last}::text is null or c.serial_number > ${last}
    order by c.serial_number limit ${limit}`.execute(database);
  return rows;
}
