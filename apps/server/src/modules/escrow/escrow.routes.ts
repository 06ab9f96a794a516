import { type Attempt, attempt as attemptShape } from '@keyhaven/api-contract/attempt';
import { problem } from '@keyhaven/api-contract/problem';
import { revealBody, revealedKey, rotateBody, storeKeyBody } from '@keyhaven/api-contract/recovery-key';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PersonActor } from '../../kernel/actor.ts';
import { type AttemptId, type DeviceId, parseId } from '../../kernel/id.ts';
import { runVerb } from '../../kernel/verb.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { textToShow } from '../../vault/shown-key.ts';
import { cancelAttempt } from './cancel-attempt.ts';
import type { EscrowContext } from './context.ts';
import { revealKey } from './reveal-key.ts';
import { rotateKey } from './rotate-key.ts';
import { storeKey } from './store-key.ts';

export type EscrowRoutesContext = {
  readonly escrow: EscrowContext;
  /** An attempt as this person may see it: `Overview.findAttempt`. */
  readonly showAttempt: (actor: PersonActor, device: DeviceId, attempt: AttemptId) => Promise<Attempt | null>;
};

// An id that is none stands for nothing: 404 like any other Mac that is not there.
const deviceParams = z.object({ id: z.string() });
const attemptParams = z.object({ id: z.string(), attemptId: z.string() });
const refusedWith = { 400: problem, 401: problem, 403: problem, 404: problem, 413: problem };

/** Store, get, rotate, take back. What is known of a key without its bytes is the overview's. */
export async function escrowRoutes(app: Http, context: EscrowRoutesContext): Promise<void> {
  storeRoute(app, context);
  revealRoute(app, context);
  rotateRoute(app, context);
  cancelRoute(app, context);
}

function storeRoute(app: Http, context: EscrowRoutesContext): void {
  const { escrow } = context;
  const store = storeKey(escrow);
  app.put(
    '/api/v1/devices/:id/recovery-key',
    {
      onRequest: signedInOnly,
      schema: {
        params: deviceParams,
        body: storeKeyBody,
        response: { 202: attemptShape, ...refusedWith, 409: problem, 422: problem, 429: problem },
      },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const stored = await runVerb(escrow.runner, escrow, store, actor, { device, ...request.body });
      if (!stored.ok) return sendRefusal(reply, stored.refusal);
      return accepted(context, reply, actor, device, stored.value);
    },
  );
}

function revealRoute(app: Http, { escrow }: EscrowRoutesContext): void {
  const reveal = revealKey(escrow);
  app.post(
    '/api/v1/devices/:id/recovery-key/reveal',
    {
      onRequest: signedInOnly,
      schema: {
        params: deviceParams,
        body: revealBody.nullish(),
        response: { 200: revealedKey, ...refusedWith, 429: problem },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const { reason = null, version = null } = request.body ?? {};
      const input = { device, reason, version };
      const revealed = await runVerb(escrow.runner, escrow, reveal, personOf(request), input);
      if (!revealed.ok) return sendRefusal(reply, revealed.refusal);
      if (!revealed.value.ok) return sendRefusal(reply, revealed.value.refusal);
      const { key, storedAt, provenAt, ...shown } = revealed.value.value;
      return {
        ...shown,
        recoveryKey: textToShow(key),
        storedAt: storedAt.toISOString(),
        provenAt: provenAt?.toISOString() ?? null,
        hideAfterSeconds: 300 as const,
      };
    },
  );
}

function rotateRoute(app: Http, context: EscrowRoutesContext): void {
  const { escrow } = context;
  const rotate = rotateKey(escrow);
  app.post(
    '/api/v1/devices/:id/recovery-key/rotate',
    {
      onRequest: signedInOnly,
      schema: {
        params: deviceParams,
        body: rotateBody.nullish(),
        response: { 202: attemptShape, ...refusedWith, 409: problem },
      },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const input = { device, reason: request.body?.reason ?? null };
      const asked = await runVerb(escrow.runner, escrow, rotate, actor, input);
      if (asked.ok) return accepted(context, reply, actor, device, asked.value);
      // contract.md: what stands against a rotation is a conflict, the missing key too.
      return sendRefusal(
        reply,
        asked.refusal,
        asked.refusal.kind === 'no-recovery-key' ? { status: 409 } : {},
      );
    },
  );
}

function cancelRoute(app: Http, { escrow }: EscrowRoutesContext): void {
  const cancel = cancelAttempt(escrow);
  app.delete(
    '/api/v1/devices/:id/attempts/:attemptId',
    {
      onRequest: signedInOnly,
      schema: {
        params: attemptParams,
        response: { 204: z.null(), 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      const attempt = parseId<'attempt'>(request.params.attemptId);
      if (device === null || attempt === null) return sendProblem(reply, 'not-found');
      const taken = await runVerb(escrow.runner, escrow, cancel, personOf(request), { device, attempt });
      return taken.ok ? reply.code(204).send(null) : sendRefusal(reply, taken.refusal);
    },
  );
}

async function accepted(
  { showAttempt }: EscrowRoutesContext,
  reply: FastifyReply,
  actor: PersonActor,
  device: DeviceId,
  id: AttemptId,
) {
  const shown = await showAttempt(actor, device, id);
  return shown === null ? sendProblem(reply, 'not-found') : reply.code(202).send(shown);
}
