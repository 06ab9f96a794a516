import { describe, expect, it } from 'vitest';
import { connectionCode } from '../database-access.ts';
import type { DatabaseFacts } from '../database-facts.store.ts';
import { closedFindings } from './database-check.ts';
import { databaseFindings, migrationFindings } from './database-findings.ts';

const url = 'postgresql://keyhaven:not-a-secret@db.example.test/keyhaven';
const sound: DatabaseFacts = {
  version: 160_004,
  encoding: 'UTF8',
  isReplica: false,
  isReadOnly: false,
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  isSuperuser: false,
  mayCreateTables: true,
  encrypted: true,
  connectionsLeft: 97,
};
const judge = (more: Partial<DatabaseFacts> = {}, at: string | null = url) =>
  databaseFindings({ ...sound, ...more }, { url: at, poolSize: 10 });

describe('a database', () => {
  it('that keeps what it has written is fine', () => {
    expect(judge()).toEqual([{ state: 'ok', found: 'PostgreSQL 16, writes, and keeps what it has written' }]);
    expect(judge({ version: 150_000, connectionsLeft: 11 })).toMatchObject([{ state: 'ok' }]);
  });

  it.each<[Partial<DatabaseFacts>, string]>([
    [{ version: 140_012 }, 'PostgreSQL 14 is too old'],
    [{ encoding: 'SQL_ASCII' }, 'SQL_ASCII'],
    [{ isReplica: true, isReadOnly: true }, 'replica'],
    [{ isReadOnly: true }, 'read-only'],
    [{ mayCreateTables: false }, 'may make no tables'],
    [{ fsync: 'off' }, 'fsync is off'],
    [{ fullPageWrites: 'off' }, 'full_page_writes is off'],
    [{ synchronousCommit: 'off' }, 'synchronous_commit is off'],
  ])('with %o fails', (more, words) => {
    expect(judge(more)).toMatchObject([{ state: 'failed', found: expect.stringContaining(words) }]);
  });

  it.each<[Partial<DatabaseFacts>, string]>([
    [{ connectionsLeft: 10 }, '10 connections for Keyhaven, which may want 11'],
    [{ connectionsLeft: -3 }, '0 connections'],
    [{ isSuperuser: true }, 'superuser'],
    [{ encrypted: false }, 'not encrypted'],
  ])('with %o warns', (more, words) => {
    expect(judge(more)).toMatchObject([{ state: 'warning', found: expect.stringContaining(words) }]);
  });

  it.each([
    'postgresql://keyhaven@localhost/keyhaven',
    'postgresql://keyhaven@127.0.0.1/keyhaven',
    'postgresql://keyhaven@localhost/keyhaven?host=%2Frun%2Fpostgresql',
    'postgresql:///keyhaven?host=/run/postgresql',
  ])('on this machine needs no encryption: %s', (at) => {
    expect(judge({ encrypted: false }, at)).toMatchObject([{ state: 'ok' }]);
  });

  it('of our own may have a superuser, since nobody else gets at it', () => {
    expect(judge({ isSuperuser: true, encrypted: false }, null)).toMatchObject([{ state: 'ok' }]);
  });

  it('never has its address in a finding', () => {
    const everything = judge({ version: 90_000, isSuperuser: true, encrypted: false, connectionsLeft: 0 });
    expect(everything).toHaveLength(4);
    expect(JSON.stringify(everything)).not.toContain('not-a-secret');
  });
});

describe('migrations', () => {
  const named = (name: string) => ({ name, sha256: name, text: '' });
  const ours = [named('0001-a.sql'), named('0002-b.sql')];
  it.each([
    ['all there', ours, 'ok', 'up to date'],
    ['none there', [], 'ok', 'empty'],
    ['one behind', ours.slice(0, 1), 'warning', '1 of 2 migrations behind'],
    ['one more', [...ours, named('0003-c.sql')], 'failed', 'newer version'],
    ['another text', [{ name: '0001-a.sql', sha256: 'other' }], 'failed', 'another build'],
    ['a gap', [named('0002-b.sql')], 'failed', 'another order'],
  ])('%s', (_what, applied, state, words) => {
    expect(migrationFindings(ours, applied)).toMatchObject([
      { state, found: expect.stringContaining(words) },
    ]);
  });
});

describe('a database that cannot be asked', () => {
  const stopped = { kind: 'stopped' } as const;
  const ready = { kind: 'running', ready: true, installation: null } as const;

  it('is fine before the first start, and where a running server has it', () => {
    expect(closedFindings({ kind: 'not-made' }, stopped)).toMatchObject([{ state: 'ok' }]);
    const left = closedFindings({ kind: 'embedded-stopped' }, ready);
    expect(left).toMatchObject([{ state: 'ok', found: expect.stringContaining('/readyz') }]);
  });

  it('is a warning where it runs with the server only', () => {
    expect(closedFindings({ kind: 'embedded-stopped' }, stopped)).toMatchObject([{ state: 'warning' }]);
  });

  it.each([
    ['ECONNREFUSED', 'nothing listens there'],
    ['28P01', 'name and password'],
    ['28000', 'pg_hba.conf'],
    ['3D000', 'no database of that name'],
    ['53300', 'no connection left'],
    ['ERR_INVALID_URL', 'no address'],
    ['no-tls', 'speaks no TLS'],
    ['no-password', 'wants a password'],
    ['XX000', 'XX000'],
  ])('fails with words for %s', (code, words) => {
    const findings = closedFindings({ kind: 'unreachable', code }, stopped);
    expect(findings).toMatchObject([{ state: 'failed' }]);
    expect(JSON.stringify(findings)).toContain(words);
  });
});

it('a connection that fails is known by code, never by its text', () => {
  const failure = (text: string, code?: string): Error => Object.assign(new Error(text), { code });
  expect(connectionCode(failure('The server does not support SSL connections'))).toBe('no-tls');
  expect(connectionCode(failure('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'))).toBe(
    'no-password',
  );
  expect(connectionCode(failure('canary', '28P01'))).toBe('28P01');
  expect(connectionCode(failure('canary'))).toBe('Error');
  expect(connectionCode(new AggregateError([failure('canary', 'ECONNREFUSED')]))).toBe('ECONNREFUSED');
  expect(connectionCode(failure('canary', 'canary: with blanks'))).toBe('Error');
});
