import { type Notice, notice, noticeList, noticeListQuery } from '@keyhaven/api-contract/notice';
import { problem } from '@keyhaven/api-contract/problem';
import { z } from 'zod';
import { parseId } from '../../kernel/id.ts';
import { type Runner, runVerb } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { cursorAfter, placeOf } from './notice-cursor.ts';
import { findNotice, findNotices, type NoticeRow } from './notices.store.ts';
import { readNotice } from './read-notice.ts';

export type NoticesContext = { readonly database: Database; readonly runner: Runner<Tx> };

/** What I should know, newest first, until I have read it. */
export async function noticesRoutes(app: Http, { database, runner }: NoticesContext): Promise<void> {
  app.get(
    '/api/v1/notices',
    {
      onRequest: signedInOnly,
      schema: { querystring: noticeListQuery, response: { 200: noticeList, 400: problem, 401: problem } },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query;
      const place = cursor === undefined ? null : placeOf(cursor);
      if (cursor !== undefined && place === null) {
        return sendProblem(reply, 'invalid-request', { field: 'cursor' });
      }
      const rows = await findNotices(database, personOf(request).person, place, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(shown),
        next: rows.length > limit && last !== undefined ? cursorAfter(last) : null,
      };
    },
  );

  app.post(
    '/api/v1/notices/:id/read',
    {
      onRequest: signedInOnly,
      schema: {
        params: z.object({ id: z.string() }),
        response: { 200: notice, 401: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const id = parseId<'notice'>(request.params.id);
      if (id === null) return sendProblem(reply, 'not-found');
      const actor = personOf(request);
      const read = await runVerb(runner, {}, readNotice, actor, { notice: id });
      if (!read.ok) return sendRefusal(reply, read.refusal);
      const row = await findNotice(database, id, actor.person);
      return row === null ? sendProblem(reply, 'not-found') : shown(row);
    },
  );
}

const shown = ({ id, kind, device, deviceName, at, byName, reason, readAt }: NoticeRow): Notice => ({
  id,
  kind,
  deviceId: device,
  deviceName,
  at: at.toISOString(),
  by: byName,
  reason,
  readAt: readAt?.toISOString() ?? null,
});
