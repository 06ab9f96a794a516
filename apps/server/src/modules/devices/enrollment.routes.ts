import {
  createdEnrollment,
  createEnrollmentBody,
  enrollmentProgress as enrollmentProgressShape,
} from '@keyhaven/api-contract/enrollment';
import { problem } from '@keyhaven/api-contract/problem';
import {
  CA_CAPABILITIES,
  CA_CERTIFICATE_TYPE,
  PKI_MESSAGE_TYPE,
} from '@keyhaven/apple-mdm/scep/ca-capabilities';
import { decodeGetMessage } from '@keyhaven/apple-mdm/scep/get-message';
import { ScepError } from '@keyhaven/apple-mdm/scep/scep-error';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type EnrollmentId, parseId } from '../../kernel/id.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { answerScep } from './answer-scep.ts';
import { enrollmentProgress } from './enrollment-progress.ts';
import { isEnrollment, type OfferContext, offerEnrollment, serveProfile } from './offer-enrollment.ts';

const maximumMessageBytes = 2 * 1024 * 1024;
const bytes = z.any().describe('Bytes of the type that Content-Type says.');

/** Enrollment of Macs: the offer and its profile for people, SCEP for the Mac. */
export async function enrollmentRoutes(
  app: Http,
  context: OfferContext & { readonly evaluation: boolean },
): Promise<void> {
  app.post(
    '/api/v1/enrollments',
    {
      preHandler: signedInOnly,
      schema: {
        body: createEnrollmentBody,
        response: { 201: createdEnrollment, 400: problem, 401: problem, 403: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const offered = await offerEnrollment(context, personOf(request), request.body.ownership);
      if (!offered.ok) return sendRefusal(reply, offered.refusal);
      const { id, expiresAt } = offered.value;
      const profileUrl = `/api/v1/enrollments/${id}/profile`;
      return reply.code(201).send({ id, profileUrl, expiresAt: expiresAt.toISOString() });
    },
  );

  app.get(
    '/api/v1/enrollments/:id',
    {
      preHandler: signedInOnly,
      schema: {
        params: z.object({ id: z.string() }),
        response: { 200: enrollmentProgressShape, 401: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const id = parseId<'enrollment'>(request.params.id);
      const { database, runner } = context;
      const now = runner.clock.now();
      const progress = id === null ? null : await enrollmentProgress(database, personOf(request), id, now);
      return progress ?? sendProblem(reply, 'not-found');
    },
  );

  app.get(
    '/api/v1/enrollments/:id/profile',
    {
      exposeHeadRoute: false,
      preHandler: signedInOnly,
      schema: {
        params: z.object({ id: z.string() }),
        querystring: z.object({ unsigned: z.literal('1').optional().catch(undefined) }),
        response: { 200: bytes, 401: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const id = parseId<'enrollment'>(request.params.id);
      if (id === null) return sendProblem(reply, 'not-found');
      const signed = !(context.evaluation && request.query.unsigned === '1');
      const served = await serveProfile(context, personOf(request), id, signed);
      if (!served.ok) return sendRefusal(reply, served.refusal);
      return reply
        .type('application/x-apple-aspen-config')
        .header('content-disposition', 'attachment; filename="enroll.mobileconfig"')
        .header('cache-control', 'no-store')

        .send(served.value);
    },
  );

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maximumMessageBytes },
      (_request, body, done) => done(null, body),
    );
    scopedScep(scope, context);
  });
}

/** SCEP (RFC 8894) at `/scep/<enrollment>`. The id in the path is no secret; the challenge travels inside. */
function scopedScep(app: Http, context: OfferContext): void {
  const params = z.object({ id: z.string() });
  app.get(
    '/scep/:id',
    {
      exposeHeadRoute: false,
      schema: { params, response: { 200: bytes, 400: bytes, 404: problem } },
    },
    async (request, reply) => {
      const id = await enrollmentOf(context, request.params.id);
      if (id === null) return sendProblem(reply, 'not-found');
      const query = request.raw.url?.split('?')[1] ?? '';
      switch (operationOf(query)) {
        case 'GetCACaps':
          return reply.type('text/plain').send(CA_CAPABILITIES);
        case 'GetCACert':
          return reply
            .type(CA_CERTIFICATE_TYPE)

            .send(await context.vault.deviceCa());
        case 'PKIOperation':
          return operate(context, reply, id, messageOfGet(query));
        default:
          return badRequest(reply);
      }
    },
  );
  app.post(
    '/scep/:id',
    {
      bodyLimit: maximumMessageBytes,
      schema: { params, response: { 200: bytes, 400: bytes, 404: problem, 413: problem } },
    },
    async (request, reply) => {
      const id = await enrollmentOf(context, request.params.id);
      if (id === null) return sendProblem(reply, 'not-found');
      // The message is taken from the body: mdmb repeats it in the query, percent-encoded.
      const body: unknown = request.body;
      return operate(context, reply, id, Buffer.isBuffer(body) ? body : null);
    },
  );
}

async function enrollmentOf(context: OfferContext, text: string): Promise<EnrollmentId | null> {
  const id = parseId<'enrollment'>(text);
  return id !== null && (await isEnrollment(context.database, id)) ? id : null;
}

const operationOf = (query: string): string =>
  query
    .split('&')
    .find((part) => part.startsWith('operation='))
    ?.slice('operation='.length) ?? '';

function messageOfGet(query: string): Buffer | null {
  try {
    return decodeGetMessage(query);
  } catch (error) {
    if (error instanceof ScepError) return null;
    throw error;
  }
}

async function operate(
  context: OfferContext,
  reply: FastifyReply,
  id: EnrollmentId,
  message: Buffer | null,
): Promise<FastifyReply> {
  if (message === null || message.length === 0) return badRequest(reply);
  const answer = await answerScep(context, id, message);
  if (answer.kind === 'malformed') return badRequest(reply);
  return reply.type(PKI_MESSAGE_TYPE).send(answer.reply);
}

const badRequest = (reply: FastifyReply): FastifyReply =>
  reply.code(400).type('text/plain').send('This is not a SCEP message.');
