import { isLoopback } from '../../../config.ts';
import { type Migration, MigrationRefused, nextMigration } from '../../../platform/db/migrate.ts';
import type { AppliedMigration, DatabaseFacts } from '../database-facts.store.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';

export type DatabaseSettings = {
  /** Null for the embedded one. */
  readonly url: string | null;
  /** Connections that one server process may open. */
  readonly poolSize: number;
};

const minimumVersion = 150_000;
/** Every server listens for changes on a connection beside its pool. */
const besidePool = 1;

/** What PostgreSQL says of itself, judged for keeping recovery keys. */
export function databaseFindings(facts: DatabaseFacts, settings: DatabaseSettings): readonly Finding[] {
  const findings = [
    ...identityFindings(facts),
    ...durabilityFindings(facts),
    ...roomFindings(facts, settings),
    // Nobody else gets at the embedded one: its socket is in a folder of ours.
    ...(settings.url === null ? [] : accessFindings(facts, settings.url)),
  ];
  if (findings.length > 0) return findings;
  const kind = settings.url === null ? 'embedded PostgreSQL' : 'PostgreSQL';
  return [fine(`${kind} ${Math.floor(facts.version / 10_000)}, writes, and keeps what it has written`)];
}

function identityFindings(facts: DatabaseFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (facts.version < minimumVersion) {
    findings.push(
      failed(
        `PostgreSQL ${Math.floor(facts.version / 10_000)} is too old`,
        'Move the database to PostgreSQL 15 or later.',
      ),
    );
  }
  if (facts.encoding !== 'UTF8') {
    findings.push(
      failed(`its encoding is ${facts.encoding}`, 'Make a database with the encoding UTF8 and move there.'),
    );
  }
  if (facts.isReplica || facts.isReadOnly) {
    findings.push(
      failed(
        facts.isReplica ? 'it is a replica, which takes no writes' : 'it takes no writes (read-only)',
        'Have KEYHAVEN_DATABASE_URL lead to the primary, with a role that may write.',
      ),
    );
  }
  if (!facts.mayCreateTables) {
    findings.push(
      failed(
        'its role may make no tables, so a new version cannot be taken into use',
        'Make the role the owner of the database, or grant it create on the schema.',
      ),
    );
  }
  return findings;
}

function durabilityFindings(facts: DatabaseFacts): readonly Finding[] {
  const off = [
    facts.fsync === 'off' ? 'fsync' : null,
    facts.fullPageWrites === 'off' ? 'full_page_writes' : null,
    facts.synchronousCommit === 'off' ? 'synchronous_commit' : null,
  ].filter((name) => name !== null);
  return off.map((name) =>
    failed(
      `${name} is off: a power cut may lose a key that a Mac has already been told is stored`,
      `Turn ${name} on.`,
    ),
  );
}

function roomFindings(
  { connectionsLeft }: DatabaseFacts,
  { poolSize }: DatabaseSettings,
): readonly Finding[] {
  const needed = poolSize + besidePool;
  if (connectionsLeft >= needed) return [];
  return [
    warning(
      `it has ${Math.max(connectionsLeft, 0)} connections for Keyhaven, which may want ${needed}`,
      'Raise max_connections there, or lower KEYHAVEN_DATABASE_CONNECTIONS.',
    ),
  ];
}

function accessFindings(facts: DatabaseFacts, url: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (facts.isSuperuser) {
    findings.push(
      warning(
        'its role is a superuser, who may change the audit log too',
        'Give Keyhaven a role of its own that owns this one database.',
      ),
    );
  }
  if (!facts.encrypted && !isLocal(url)) {
    findings.push(
      warning('the connection to it is not encrypted', 'Add sslmode=verify-full to KEYHAVEN_DATABASE_URL.'),
    );
  }
  return findings;
}

/** A unix socket, or this machine. */
function isLocal(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  return host === '' || host.startsWith('/') || isLoopback(host);
}

/** Whether this version can work with the database as it is. */
export function migrationFindings(
  ours: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Finding[] {
  try {
    nextMigration(ours, applied);
  } catch (error) {
    if (error instanceof MigrationRefused) return [refusedFinding(error)];
    throw error;
  }
  if (applied.length === 0) return [fine('is empty; the first start fills it')];
  const missing = ours.length - applied.length;
  if (missing === 0) return [fine(`is up to date (${applied.length} migrations)`)];
  return [
    warning(
      `is from an older version, ${missing} of ${ours.length} migrations behind`,
      'Back it up; the next start of keyhaven serve brings it up to date, for good.',
    ),
  ];
}

function refusedFinding({ kind }: MigrationRefused): Finding {
  if (kind === 'newer-version')
    return failed(
      'was last used by a newer version of Keyhaven',
      'Install that version, or put back a backup from before.',
    );
  return failed(
    kind === 'changed' ? 'was made by another build of this version' : 'has migrations in another order',
    'Install the version that it was made with; if nobody knows which, put back a backup.',
  );
}
