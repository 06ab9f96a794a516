import { policy, policyChange, policyList, type Policy as ShownPolicy } from '@keyhaven/api-contract/policy';
import { problem } from '@keyhaven/api-contract/problem';
import { z } from 'zod';
import { parseId } from '../../kernel/id.ts';
import { type Runner, runVerb } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { changePolicy } from './change-policy.ts';
import { findPolicies, findPolicy } from './policy.store.ts';
import type { Policy } from './policy-settings.ts';
import { countProfiles } from './profiles.store.ts';

export type PolicyRoutesContext = { readonly database: Database; readonly runner: Runner<Tx> };

const params = z.object({ id: z.string() });
const refusedWith = { 401: problem, 403: problem };

/** What IT wants of the Macs: to read for `policy:read`, to change for `policy:write`. */
export async function policyRoutes(app: Http, { database, runner }: PolicyRoutesContext): Promise<void> {
  app.get(
    '/api/v1/policies',
    { onRequest: signedInOnly, schema: { response: { 200: policyList, ...refusedWith } } },
    async (request, reply) => {
      if (!personOf(request).permissions.has('policy:read')) return sendProblem(reply, 'forbidden');
      const policies = await findPolicies(database);
      return { items: await Promise.all(policies.map((each) => shown(database, each))), next: null };
    },
  );

  app.get(
    '/api/v1/policies/:id',
    {
      onRequest: signedInOnly,
      schema: { params, response: { 200: policy, ...refusedWith, 404: problem } },
    },
    async (request, reply) => {
      if (!personOf(request).permissions.has('policy:read')) return sendProblem(reply, 'forbidden');
      const id = parseId<'policy'>(request.params.id);
      const found = id === null ? null : await findPolicy(database, id);
      return found === null ? sendProblem(reply, 'not-found') : shown(database, found);
    },
  );

  app.patch(
    '/api/v1/policies/:id',
    {
      onRequest: signedInOnly,
      schema: {
        params,
        body: policyChange,
        response: {
          200: policy,
          400: problem,
          ...refusedWith,
          404: problem,
          409: problem,
          413: problem,
        },
      },
    },
    async (request, reply) => {
      const id = parseId<'policy'>(request.params.id);
      const actor = personOf(request);
      if (!actor.permissions.has('policy:write')) return sendProblem(reply, 'forbidden');
      if (id === null) return sendProblem(reply, 'not-found');
      const changed = await runVerb(runner, {}, changePolicy, actor, { policy: id, ...request.body });
      if (!changed.ok) return sendRefusal(reply, changed.refusal);
      const found = await findPolicy(database, id);
      return found === null ? sendProblem(reply, 'not-found') : shown(database, found);
    },
  );
}

async function shown(database: Database, found: Policy): Promise<ShownPolicy> {
  const { id, name, version, settings, updatedAt } = found;
  const { acknowledged, waiting, refused } = await countProfiles(database, found);
  const macs = { acknowledged, waiting, refused };
  return { id, name, version, settings, updatedAt: updatedAt.toISOString(), macs };
}
