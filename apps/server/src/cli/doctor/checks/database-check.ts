import { readMigrations } from '../../../platform/db/migrate.ts';
import type { Check } from '../check.ts';
import { connectionWords } from '../connection-words.ts';
import type { DatabaseAccess } from '../database-access.ts';
import { findAppliedMigrations, findDatabaseFacts } from '../database-facts.store.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';
import type { LocalServer } from '../local-server.ts';
import { databaseFindings, migrationFindings } from './database-findings.ts';

/** Whether the database is there, fit for keys, and of this version. */
export const databaseCheck: Check = {
  name: 'database',
  settings: ['KEYHAVEN_DATABASE'],
  look: async ({ config, database, localServer }) => {
    const access = await database();
    if (access.kind !== 'open') return closedFindings(access, await localServer());
    const facts = await findDatabaseFacts(access.database);
    const applied = await findAppliedMigrations(access.database);
    return [
      ...databaseFindings(facts, { url: config.databaseUrl, poolSize: config.poolSize }),
      ...migrationFindings(await readMigrations(), applied),
    ];
  },
};

/** What is known of a database that cannot be asked. */
export function closedFindings(
  access: Exclude<DatabaseAccess, { readonly kind: 'open' }>,
  server: LocalServer,
): readonly Finding[] {
  if (access.kind === 'not-made') return [fine('embedded; the first start makes it')];
  if (access.kind === 'unreachable')
    return [failed(`is not reached: ${databaseWords(access.code)}`, nextStep(access.code))];
  if (server.kind === 'running' && server.ready)
    return [fine('embedded, and cannot be asked from here; by its /readyz the running server has it')];
  return [
    warning(
      'embedded, and runs while the server runs only',
      'Run this again while keyhaven serve runs, to have the database looked at.',
    ),
  ];
}

const words: Readonly<Record<string, string>> = {
  '28P01': 'it does not take this name and password',
  '28000': 'it lets this role in from here by no means',
  '3D000': 'it has no database of that name',
  '53300': 'it has no connection left',
  '57P03': 'it is starting up',
  'no-tls': 'it speaks no TLS, and KEYHAVEN_DATABASE_URL wants it',
  'no-password': 'it wants a password, and KEYHAVEN_DATABASE_URL has none',
  ERR_INVALID_URL: 'KEYHAVEN_DATABASE_URL is no address',
};

const databaseWords = (code: string): string => words[code] ?? connectionWords(code);

function nextStep(code: string): string {
  if (code.startsWith('28'))
    return 'Compare KEYHAVEN_DATABASE_URL with the role there, and look at pg_hba.conf.';
  if (code === 'no-tls') return 'Turn ssl on there (postgresql.conf), rather than sslmode off here.';
  if (code === 'no-password')
    return 'Put it into KEYHAVEN_DATABASE_URL, best by KEYHAVEN_DATABASE_URL_FILE, percent-encoded.';
  if (code === '3D000') return 'Make it, owned by the role in KEYHAVEN_DATABASE_URL.';
  if (code === '53300') return 'Raise max_connections there, or end what holds them.';
  if (code === 'ERR_INVALID_URL') return 'Write it as postgresql://role:password@host:5432/keyhaven.';
  return 'See that PostgreSQL runs, and that KEYHAVEN_DATABASE_URL names it as it is reached from here.';
}
