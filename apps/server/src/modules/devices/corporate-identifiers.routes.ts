import {
  corporateIdentifierList,
  corporateIdentifierQuery,
  identifiersChanged,
  serialNumbersBody,
} from '@keyhaven/api-contract/corporate-identifier';
import { problem } from '@keyhaven/api-contract/problem';
import type { Runner } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { findIdentifiers } from './corporate-identifiers.store.ts';
import { changeIdentifiers } from './corporate-identifiers.ts';

/** IT's list of company-owned serial numbers. */
export async function corporateIdentifiersRoutes(
  app: Http,
  { database, runner }: { readonly database: Database; readonly runner: Runner<Tx> },
): Promise<void> {
  app.get(
    '/api/v1/corporate-identifiers',
    {
      onRequest: signedInOnly,
      schema: {
        querystring: corporateIdentifierQuery,
        response: { 200: corporateIdentifierList, 400: problem, 401: problem, 403: problem },
      },
    },
    async (request, reply) => {
      if (!personOf(request).permissions.has('device:read')) return sendProblem(reply, 'forbidden');
      const { cursor, limit } = request.query;
      const rows = await findIdentifiers(database, cursor ?? null, limit + 1);
      const page = rows.slice(0, limit);
      return {
        items: page.map(({ serialNumber, addedAt, addedByName }) => ({
          serialNumber,
          addedAt: addedAt.toISOString(),
          addedBy: addedByName,
        })),
        next: rows.length > limit ? (page.at(-1)?.serialNumber ?? null) : null,
      };
    },
  );

  for (const [method, change] of [
    ['POST', 'add'],
    ['DELETE', 'remove'],
  ] as const) {
    app.route({
      method,
      url: '/api/v1/corporate-identifiers',
      onRequest: signedInOnly,
      schema: {
        body: serialNumbersBody,
        response: { 200: identifiersChanged, 400: problem, 401: problem, 403: problem, 413: problem },
      },
      handler: async (request, reply) => {
        const changed = await changeIdentifiers(
          runner,
          personOf(request),
          change,
          request.body.serialNumbers,
        );
        return changed.ok ? reply.send({ changed: changed.value }) : sendRefusal(reply, changed.refusal);
      },
    });
  }
}
