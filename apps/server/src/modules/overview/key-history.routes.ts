import { problem } from '@keyhaven/api-contract/problem';
import { accessLog, keyVersionList } from '@keyhaven/api-contract/recovery-key';
import { z } from 'zod';
import { parseId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { notesAbout } from '../audit/audit.ts';
import { keyVersionsOf } from '../escrow/escrow.ts';
import { entryOf, loggedActions } from './access-log.ts';
import { findBelonging, findSeenDevice } from './overview.store.ts';
import { isOwnedBy, isSeenBy } from './seen-device.ts';
import { showVersion } from './show-version.ts';

const params = z.object({ id: z.string() });
const refusedWith = { 401: problem, 404: problem };
const longestLog = 500;

/** Which keys this Mac had, and who saw or rotated them; never a key. */
export async function keyHistoryRoutes(app: Http, database: Database): Promise<void> {
  app.get(
    '/api/v1/devices/:id/recovery-key/versions',
    { onRequest: signedInOnly, schema: { params, response: { 200: keyVersionList, ...refusedWith } } },
    async (request, reply) => {
      const actor = personOf(request);
      const id = parseId<'device'>(request.params.id);
      const mac = id === null ? null : await findSeenDevice(database, id);
      if (mac === null || !isSeenBy(mac, actor)) return sendProblem(reply, 'not-found');
      const versions = await keyVersionsOf(database, mac.id);
      return { items: versions.map((version) => showVersion(version, mac, actor)), next: null };
    },
  );

  app.get(
    '/api/v1/devices/:id/access-log',
    {
      onRequest: signedInOnly,
      schema: { params, response: { 200: accessLog, ...refusedWith, 403: problem } },
    },
    async (request, reply) => {
      const actor = personOf(request);
      const id = parseId<'device'>(request.params.id);
      const mac = id === null ? null : await findBelonging(database, id);
      if (id === null || mac === null || !isSeenBy(mac, actor)) return sendProblem(reply, 'not-found');
      if (!isOwnedBy(mac, actor) && !actor.permissions.has('audit:read'))
        return sendProblem(reply, 'forbidden');
      const notes = await notesAbout(database, id, loggedActions, longestLog);
      return { items: notes.flatMap((note) => entryOf(note, mac.ownerId) ?? []), next: null };
    },
  );
}
