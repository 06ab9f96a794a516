import { sql } from 'kysely';
import type { PushCertificateId, PushRequestId } from '../kernel/id.ts';
import type { Database } from '../platform/db/database.ts';

export type StoredPushKey = {
  readonly topic: string;
  readonly chain: string;
  readonly sha256: Buffer;
  readonly sealedPrivateKey: Buffer;
};

export async function findPushKey(database: Database, id: PushCertificateId): Promise<StoredPushKey | null> {
  const { rows } = await sql<StoredPushKey>`
    select topic, certificate_chain as chain, certificate_sha256 as sha256,
      sealed_private_key as "sealedPrivateKey"
    from push_certificates where id = ${id}`.execute(database);
  return rows[0] ?? null;
}

export type RequestedKey = { readonly request: PushRequestId; readonly sealedPrivateKey: Buffer };

/** The key of the request that was made for this public key (SHA-256 of its SubjectPublicKeyInfo). */
export async function findRequestedKey(
  database: Database,
  publicKeySha256: Buffer,
): Promise<RequestedKey | null> {
  const { rows } = await sql<RequestedKey>`
    select id as request, sealed_private_key as "sealedPrivateKey"
    from push_certificate_requests where public_key_sha256 = ${publicKeySha256}`.execute(database);
  return rows[0] ?? null;
}

export type AnswerKey = {
  readonly key: string;
  readonly certificate: Buffer;
  readonly sealedPrivateKey: Buffer;
};

/** The pair to which the answer to this request is encrypted. */
export async function findAnswerKey(database: Database, request: PushRequestId): Promise<AnswerKey | null> {
  const { rows } = await sql<AnswerKey>`
    select answer_key_id as key, answer_certificate_der as certificate, sealed_answer_key as "sealedPrivateKey"
    from push_certificate_requests where id = ${request} and answer_key_id is not null`.execute(database);
  return rows[0] ?? null;
}
