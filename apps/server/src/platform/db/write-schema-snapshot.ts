import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openDatabase } from './database.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { renderSchema, schemaSnapshotFile } from './schema-snapshot.ts';

// Run by scripts/schema-snapshot.mjs after a migration was added.
const folder = await mkdtemp(path.join(os.tmpdir(), 'schema-snapshot-'));
const server = await startEmbeddedPostgres({ folder });
const database = openDatabase({ connectionString: server.connectionString });
await migrate(database);
await writeFile(schemaSnapshotFile, await renderSchema(database));
await database.destroy();
await server.stop();
await rm(folder, { recursive: true });
