import type { ProblemCode } from '@keyhaven/api-contract/problem';
import type { FastifyReply } from 'fastify';
import type { Refusal } from '../../kernel/refusal.ts';
import { codeOfRefusal, problemOf } from './problems.ts';

/** Answers with a problem document. `status` only where contract.md gives a code another status in one call. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  more: { readonly field?: string; readonly status?: number } = {},
): FastifyReply {
  const problem = problemOf(code, more.field);
  const status = more.status ?? problem.status;
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ ...problem, status });
}

/** Answers with the problem of a refusal. */
export function sendRefusal(
  reply: FastifyReply,
  refusal: Refusal,
  more: { readonly status?: number } = {},
): FastifyReply {
  if (refusal.kind === 'too-many-requests') {
    void reply.header('retry-after', String(refusal.retryAfterSeconds));
  }
  const field = refusal.kind === 'malformed-recovery-key' ? { field: refusal.field } : {};
  const shown = refusal.kind === 'keys-must-match' ? { field: 'confirmation' } : field;
  return sendProblem(reply, codeOfRefusal(refusal), { ...shown, ...more });
}
