import type { PersonActor } from '../../kernel/actor.ts';
import type { PushRequestId } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { ok, type Result, refused } from '../../kernel/result.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import { signedRequestText } from './mdmcert-download.ts';
import { expectsAnswer } from './push-certificate.store.ts';

/** Opens the mail that answered a request: hexadecimal, in any lines. What comes out goes to Apple; it is no secret. */
export async function openSignedRequest(
  { database, vault }: { readonly database: Database; readonly vault: Vault },
  actor: PersonActor,
  request: PushRequestId,
  answer: string,
): Promise<Result<string, Refusal>> {
  if (!actor.permissions.has('settings:write')) return refused({ kind: 'forbidden' });
  if (!(await expectsAnswer(database, request))) return refused({ kind: 'not-found' });
  const opened = await vault.openPushRequestAnswer(request, Buffer.from(answer.replaceAll(/\s/g, ''), 'hex'));
  const text = opened === null ? null : signedRequestText(opened);
  return text === null ? refused({ kind: 'push-request-answer-unreadable' }) : ok(text);
}
