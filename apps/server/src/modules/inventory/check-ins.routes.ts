import { checkInList, checkInQuery } from '@keyhaven/api-contract/check-in';
import { problem } from '@keyhaven/api-contract/problem';
import { z } from 'zod';
import { parseId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { findDevice } from '../devices/devices.ts';
import { gate } from '../devices/gate.ts';
import { findCheckIns } from './check-ins.store.ts';

// An id that is none stands for nothing: 404 like any other Mac that is not there.
const params = z.object({ id: z.string() });

/** When a Mac was in contact, and how: for its owner and whoever may read devices. */
export async function checkInsRoutes(
  app: Http,
  { database }: { readonly database: Database },
): Promise<void> {
  app.get(
    '/api/v1/devices/:id/check-ins',
    {
      onRequest: signedInOnly,
      schema: {
        params,
        querystring: checkInQuery,
        response: { 200: checkInList, 400: problem, 401: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const id = parseId<'device'>(request.params.id);
      const device = id === null ? null : await findDevice(database, id);
      const may = { owner: true, permission: 'device:read' } as const;
      const seen = gate(device, personOf(request), may);
      if (!seen.ok) return sendRefusal(reply, seen.refusal);
      const { cursor, limit } = request.query;
      const before = cursor === undefined ? null : new Date(cursor);
      const rows = await findCheckIns(database, seen.value.id, before, limit + 1);
      const page = rows.slice(0, limit);
      return {
        items: page.map(({ hour, lastAt, contacts }) => ({
          hour: hour.toISOString(),
          lastAt: lastAt.toISOString(),
          contacts: [...contacts],
        })),
        next: rows.length > limit ? (page.at(-1)?.hour.toISOString() ?? null) : null,
      };
    },
  );
}
