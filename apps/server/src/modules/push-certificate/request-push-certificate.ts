import type { PersonActor } from '../../kernel/actor.ts';
import type { PushRequestId } from '../../kernel/id.ts';
import { ok, refused } from '../../kernel/result.ts';
import { done, type Verb } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { MadePushRequest, Vault } from '../../vault/vault.ts';
import { insertRequest } from './push-certificate.store.ts';

type Ports = { readonly vault: Vault };
type Input = { readonly commonName: string; readonly encryptedAnswer: boolean };
/** A request as it may be shown: bytes that are no secret. */
export type PushRequest = {
  readonly id: PushRequestId;
  readonly request: Buffer;
  /** Of the pair to which the answer is to be encrypted. */
  readonly answerCertificate: Buffer | null;
};
type Made = { readonly id: PushRequestId; readonly made: MadePushRequest };

/** Makes a key for a push certificate, and the request that Apple answers with the certificate. */
export const requestPushCertificate: Verb<Tx, Ports, PersonActor, Input, Made, PushRequest, PushRequest> = {
  async prepare({ ports: { vault }, actor, input, ids }) {
    if (!actor.permissions.has('settings:write')) return refused({ kind: 'forbidden' });
    const id = ids.next<'push-request'>();
    return ok({ id, made: await vault.createPushRequest({ request: id, ...input }) });
  },
  async write({ tx, actor, prepared: { id, made }, now }) {
    await insertRequest(tx, { ...made, id, by: actor.person }, now);
    const shown = { id, request: made.request, answerCertificate: made.answer?.certificate ?? null };
    const detail = { request: id, encryptedAnswer: made.answer !== null };
    return done(shown, { action: 'push-certificate.requested', detail });
  },
  after: async ({ written }) => written,
};
