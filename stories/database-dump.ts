import { Client } from 'pg';

/** Every value of every table of the database, as bytes: bytea raw, all else as its text. */
export async function dumpDatabase(
  connectionString: string,
): Promise<readonly { readonly place: string; readonly bytes: Buffer }[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const columns = await client.query<{ schema: string; name: string; column: string; type: string }>(
      `select c.table_schema as schema, c.table_name as name, c.column_name as column, c.data_type as type
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const dumped = [];
    for (const { schema, name, column, type } of columns.rows) {
      const value = type === 'bytea' ? `"${column}"` : `convert_to("${column}"::text, 'UTF8')`;
      const { rows } = await client.query<{ value: Buffer | null }>(
        `select ${value} as value from "${schema}"."${name}"`,
      );
      const bytes = Buffer.concat(rows.flatMap((row) => [row.value ?? Buffer.alloc(0), Buffer.from('\0')]));
      dumped.push({ place: `table ${schema}.${name}.${column}`, bytes });
    }
    return dumped;
  } finally {
    await client.end();
  }
}
