import {
  type Device,
  deviceChange,
  device as deviceShape,
  quarantineDecision,
} from '@keyhaven/api-contract/device';
import { problem } from '@keyhaven/api-contract/problem';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PersonActor } from '../../kernel/actor.ts';
import { type DeviceId, parseId } from '../../kernel/id.ts';
import { type Runner, runVerb } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { changeOwnership } from './change-ownership.ts';
import { type DevicePorts, deviceVerb } from './device-verb.ts';
import { renameDevice } from './rename-device.ts';
import type { settleQuarantine } from './settle-quarantine.ts';

type PlainVerb = ReturnType<
  typeof deviceVerb<DevicePorts, PersonActor, { readonly device: DeviceId }, null, null, null>
>;

export type DevicesRoutesContext = {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  /** A Mac as this person may see it: `Overview.findDevice`. */
  readonly showDevice: (actor: PersonActor, device: DeviceId) => Promise<Device | null>;
  /** `tellOwnershipChanged(ids)` of notices. */
  readonly tellOwner: Parameters<typeof changeOwnership>[0];
  /** `unenrollDevice(wake)` and `checkStatus(wake)` of commands, which lies above this room. */
  readonly unenrollDevice: PlainVerb;
  readonly checkStatus: PlainVerb;
  readonly settleQuarantine: ReturnType<typeof settleQuarantine>;
  readonly revokeIdentity: PlainVerb;
};

// An id that is none stands for nothing: 404 like any other Mac that is not there.
const params = z.object({ id: z.string() });
const refusedWith = { 401: problem, 403: problem, 404: problem };

/** What somebody does to a Mac itself, not to its key. Each answers the Mac as it is then. */
export async function devicesRoutes(app: Http, context: DevicesRoutesContext): Promise<void> {
  const { runner, showDevice } = context;
  const change = changeOwnership(context.tellOwner);

  const answer = async (reply: FastifyReply, actor: PersonActor, device: DeviceId, status: 200 | 202) => {
    const shown = await showDevice(actor, device);
    return shown === null ? sendProblem(reply, 'not-found') : reply.code(status).send(shown);
  };

  app.patch(
    '/api/v1/devices/:id',
    {
      onRequest: signedInOnly,
      schema: {
        params,
        body: deviceChange,
        response: { 200: deviceShape, 400: problem, ...refusedWith, 409: problem, 413: problem },
      },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const { name, ownership } = request.body;
      if (name !== undefined) {
        const renamed = await runVerb(runner, context, renameDevice, actor, { device, name });
        if (!renamed.ok) return sendRefusal(reply, renamed.refusal);
      }
      if (ownership !== undefined) {
        const changed = await runVerb(runner, context, change, actor, { device, ownership });
        if (!changed.ok) return sendRefusal(reply, changed.refusal);
      }
      return answer(reply, actor, device, 200);
    },
  );

  app.delete(
    '/api/v1/devices/:id',
    { onRequest: signedInOnly, schema: { params, response: { 202: deviceShape, ...refusedWith } } },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const removed = await runVerb(runner, context, context.unenrollDevice, actor, { device });
      return removed.ok ? answer(reply, actor, device, 202) : sendRefusal(reply, removed.refusal);
    },
  );

  app.post(
    '/api/v1/devices/:id/check-status',
    {
      onRequest: signedInOnly,
      schema: { params, response: { 202: deviceShape, ...refusedWith, 409: problem } },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const asked = await runVerb(runner, context, context.checkStatus, actor, { device });
      return asked.ok ? answer(reply, actor, device, 202) : sendRefusal(reply, asked.refusal);
    },
  );

  app.post(
    '/api/v1/devices/:id/quarantine',
    {
      onRequest: signedInOnly,
      schema: {
        params,
        body: quarantineDecision,
        response: { 200: deviceShape, 400: problem, ...refusedWith, 409: problem, 413: problem },
      },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const { decision } = request.body;
      const settled = await runVerb(runner, context, context.settleQuarantine, actor, { device, decision });
      return settled.ok ? answer(reply, actor, device, 200) : sendRefusal(reply, settled.refusal);
    },
  );

  app.delete(
    '/api/v1/devices/:id/identity',
    {
      onRequest: signedInOnly,
      schema: { params, response: { 200: deviceShape, ...refusedWith, 409: problem } },
    },
    async (request, reply) => {
      const device = parseId<'device'>(request.params.id);
      if (device === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const revoked = await runVerb(runner, context, context.revokeIdentity, actor, { device });
      return revoked.ok ? answer(reply, actor, device, 200) : sendRefusal(reply, revoked.refusal);
    },
  );
}
