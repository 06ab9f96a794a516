import { sql } from 'kysely';
import type { PersonId, PushCertificateId, PushRequestId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';

/** Holds off every other change of the certificate to the end of the transaction. */
export async function lockCertificates(tx: Tx): Promise<void> {
  await sql`lock table push_certificates in share row exclusive mode`.execute(tx);
}

export type StoredCertificate = {
  readonly id: PushCertificateId;
  readonly sha256: Buffer;
  readonly topic: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

export async function findInUse(executor: Database | Tx): Promise<StoredCertificate | null> {
  const { rows } = await sql<StoredCertificate>`
    select id, certificate_sha256 as sha256, topic, not_before as "notBefore", not_after as "notAfter"
    from push_certificates where state = 'in-use'`.execute(executor);
  return rows[0] ?? null;
}

export type NewCertificate = StoredCertificate & {
  readonly chain: string;
  readonly sealedPrivateKey: Uint8Array;
  readonly by: PersonId;
};

/** Puts it into the place of the one in use, which stays as history. */
export async function replaceInUse(tx: Tx, certificate: NewCertificate, now: Date): Promise<void> {
  await sql`update push_certificates set state = 'replaced' where state = 'in-use'`.execute(tx);
  await sql`insert into push_certificates (id, topic, certificate_chain, certificate_sha256, sealed_private_key,
      not_before, not_after, state, stored_by, stored_at)
    values (${certificate.id}, ${certificate.topic}, ${certificate.chain}, ${certificate.sha256},
      ${Buffer.from(certificate.sealedPrivateKey)}, ${certificate.notBefore}, ${certificate.notAfter}, 'in-use',
      ${certificate.by}, ${now})`.execute(tx);
}

export type NewRequest = {
  readonly id: PushRequestId;
  readonly request: Buffer;
  readonly publicKeySha256: Buffer;
  readonly sealedPrivateKey: Uint8Array;
  readonly answer: {
    readonly key: string;
    readonly certificate: Buffer;
    readonly sealedPrivateKey: Uint8Array;
  } | null;
  readonly by: PersonId;
};

export async function insertRequest(tx: Tx, made: NewRequest, now: Date): Promise<void> {
  const { answer } = made;
  await sql`insert into push_certificate_requests (id, request_der, public_key_sha256, sealed_private_key,
      answer_key_id, answer_certificate_der, sealed_answer_key, requested_by, requested_at)
    values (${made.id}, ${made.request}, ${made.publicKeySha256}, ${Buffer.from(made.sealedPrivateKey)},
      ${answer?.key ?? null}, ${answer?.certificate ?? null},
      ${answer === null ? null : Buffer.from(answer.sealedPrivateKey)}, ${made.by}, ${now})`.execute(tx);
}

/** Whether there is such a request, and its answer comes encrypted. */
export async function expectsAnswer(database: Database, id: PushRequestId): Promise<boolean> {
  const { rows } = await sql<{ expects: boolean }>`
    select exists (select from push_certificate_requests where id = ${id} and answer_key_id is not null)
      as expects`.execute(database);
  return rows[0]?.expects ?? false;
}

export async function findWarnings(database: Database, sha256: Buffer): Promise<readonly number[]> {
  const { rows } = await sql<{ days: number }>`
    select days_left as days from push_certificate_warnings
    where certificate_sha256 = ${sha256}`.execute(database);
  return rows.map(({ days }) => days);
}

/** Puts down that these were told of; answers those that nobody had put down. */
export async function insertWarnings(
  tx: Tx,
  sha256: Buffer,
  days: readonly number[],
  now: Date,
): Promise<readonly number[]> {
  const { rows } = await sql<{ days: number }>`
    insert into push_certificate_warnings (certificate_sha256, days_left, told_at)
    select ${sha256}, days, ${now}::timestamptz from unnest(${days}::int[]) as days
    on conflict do nothing returning days_left as days`.execute(tx);
  return rows.map((row) => row.days);
}
