import { attempt } from '@keyhaven/api-contract/attempt';
import { deviceList, deviceListQuery, device as deviceShape } from '@keyhaven/api-contract/device';
import { type PortalInfo, portalInfo } from '@keyhaven/api-contract/portal';
import { problem } from '@keyhaven/api-contract/problem';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { parseId } from '../../kernel/id.ts';
import type { Listener } from '../../platform/changes/listener.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { effectivePolicy } from '../policy/policy.ts';
import { eventsRoute } from './events.routes.ts';
import { keyHistoryRoutes } from './key-history.routes.ts';
import { findSeenDevices } from './overview.store.ts';
import { createOverview } from './overview.ts';
import { showDevice } from './show-device.ts';

export type OverviewRoutesContext = {
  readonly database: Database;
  readonly clock: Clock;
  readonly portal: PortalInfo;
  readonly changes: Pick<Listener, 'subscribe'>;
  /** Told when an event could not be passed on; the pages ask again by themselves. */
  readonly onFault: (error: unknown) => void;
  /** Between two comments on an event stream, and between two looks at its session. Default 25 s. */
  readonly heartbeatMs?: number;
};

// An id that is none stands for nothing: 404 like any other Mac that is not there.
const params = z.object({ id: z.string() });
const refusedWith = { 401: problem, 404: problem };

/** What one person may see of Macs. Nothing here writes. */
export async function overviewRoutes(app: Http, context: OverviewRoutesContext): Promise<void> {
  const { database } = context;
  const overview = createOverview(context);

  app.get('/api/v1/portal', { schema: { response: { 200: portalInfo } } }, async () => context.portal);

  listRoute(app, context);

  app.get(
    '/api/v1/devices/:id',
    { onRequest: signedInOnly, schema: { params, response: { 200: deviceShape, ...refusedWith } } },
    async (request, reply) => {
      const id = parseId<'device'>(request.params.id);
      const shown = id === null ? null : await overview.findDevice(personOf(request), id);
      return shown ?? sendProblem(reply, 'not-found');
    },
  );

  app.get(
    '/api/v1/devices/:id/attempts/:attemptId',
    {
      onRequest: signedInOnly,
      schema: {
        params: params.extend({ attemptId: z.string() }),
        response: { 200: attempt, ...refusedWith },
      },
    },
    async (request, reply) => {
      const id = parseId<'device'>(request.params.id);
      const attemptId = parseId<'attempt'>(request.params.attemptId);
      if (id === null || attemptId === null) return sendProblem(reply, 'not-found');
      return (
        (await overview.findAttempt(personOf(request), id, attemptId)) ?? sendProblem(reply, 'not-found')
      );
    },
  );

  await keyHistoryRoutes(app, database);
  await eventsRoute(app, context);
}

/** My Macs, or those of everybody, a page at a time. */
function listRoute(app: Http, { database, clock }: OverviewRoutesContext): void {
  app.get(
    '/api/v1/devices',
    {
      onRequest: signedInOnly,
      schema: {
        querystring: deviceListQuery,
        response: { 200: deviceList, 400: problem, 401: problem, 403: problem },
      },
    },
    async (request, reply) => {
      const actor = personOf(request);
      const { scope, search = '', cursor, limit } = request.query;
      if (scope === 'all' && !actor.permissions.has('device:read')) return sendProblem(reply, 'forbidden');
      const after = cursor === undefined ? null : parseId<'device'>(cursor);
      if (cursor !== undefined && after === null) {
        return sendProblem(reply, 'invalid-request', { field: 'cursor' });
      }
      const macs = await findSeenDevices(database, {
        owner: scope === 'mine' ? actor.person : null,
        search: search === '' ? null : search,
        after,
        limit: limit + 1,
      });
      const { settings } = await effectivePolicy(database);
      const now = clock.now();
      const page = macs.slice(0, limit);
      return {
        items: page.map((mac) => showDevice(mac, actor, settings, now)),
        next: macs.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );
}
