import { problem } from '@keyhaven/api-contract/problem';
import {
  type PushCertificate,
  pushCertificate,
  pushCertificateRequest,
  pushCertificateRequestBody,
  pushCertificateUpload,
  pushRequestAnswer,
  signedPushRequest,
} from '@keyhaven/api-contract/push-certificate';
import { writePem } from '@keyhaven/apple-mdm/pem';
import { z } from 'zod';
import { parseId } from '../../kernel/id.ts';
import { type Runner, runVerb } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem, sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import type { Vault } from '../../vault/vault.ts';
import { countEnrolledMacs } from '../devices/devices.ts';
import { daysLeft, stateOf } from './expiry.ts';
import { mdmcertDownloadCall } from './mdmcert-download.ts';
import { openSignedRequest } from './open-signed-request.ts';
import type { PushCertificates } from './push-certificate.ts';
import { requestPushCertificate } from './request-push-certificate.ts';
import { storePushCertificate } from './store-push-certificate.ts';

export type PushCertificateRoutesContext = {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly vault: Vault;
  readonly certificates: PushCertificates;
  readonly organization: string;
  /** Why Apple last refused our pushes altogether; null when it does not. */
  readonly refusedByApple: () => string | null;
};

const path = '/api/v1/settings/push-certificate';
const refusedWith = { 401: problem, 403: problem };
const longestName = 64;

/** The push certificate: what is in use, another one, and the requests for one. */
export async function pushCertificateRoutes(app: Http, context: PushCertificateRoutesContext): Promise<void> {
  app.get(
    path,
    { onRequest: signedInOnly, schema: { response: { 200: pushCertificate, ...refusedWith } } },
    async (request, reply) => {
      if (!personOf(request).permissions.has('settings:write')) return sendProblem(reply, 'forbidden');
      return shown(context);
    },
  );

  app.put(
    path,
    {
      onRequest: signedInOnly,
      schema: {
        body: pushCertificateUpload,
        response: {
          200: pushCertificate,
          400: problem,
          ...refusedWith,
          409: problem,
          413: problem,
          422: problem,
        },
      },
    },
    async (request, reply) => {
      const actor = personOf(request);
      const stored = await runVerb(context.runner, context, storePushCertificate, actor, request.body);
      return stored.ok ? shown(context) : sendRefusal(reply, stored.refusal);
    },
  );

  requestRoutes(app, context);
}

function requestRoutes(app: Http, context: PushCertificateRoutesContext): void {
  app.post(
    `${path}/requests`,
    {
      onRequest: signedInOnly,
      schema: {
        body: pushCertificateRequestBody,
        response: { 201: pushCertificateRequest, 400: problem, ...refusedWith, 413: problem },
      },
    },
    async (request, reply) => {
      const { mdmcertDownload: account } = request.body;
      const commonName = request.body.commonName ?? context.organization.slice(0, longestName);
      const input = { commonName, encryptedAnswer: account !== undefined };
      const made = await runVerb(context.runner, context, requestPushCertificate, personOf(request), input);
      if (!made.ok) return sendRefusal(reply, made.refusal);
      const { id, answerCertificate } = made.value;
      const call =
        account === undefined || answerCertificate === null
          ? null
          : mdmcertDownloadCall({ ...account, request: made.value.request, answerCertificate });
      return reply.code(201).send({
        id,
        request: writePem('CERTIFICATE REQUEST', made.value.request),
        mdmcertDownload: call,
      });
    },
  );

  app.post(
    `${path}/requests/:id/decrypt`,
    {
      onRequest: signedInOnly,
      schema: {
        params: z.object({ id: z.string() }),
        body: pushRequestAnswer,
        response: {
          200: signedPushRequest,
          400: problem,
          ...refusedWith,
          404: problem,
          413: problem,
          422: problem,
        },
      },
    },
    async (request, reply) => {
      const id = parseId<'push-request'>(request.params.id);
      if (id === null) return sendProblem(reply, 'not-found');
      const opened = await openSignedRequest(context, personOf(request), id, request.body.answer);
      return opened.ok ? { request: opened.value } : sendRefusal(reply, opened.refusal);
    },
  );
}

async function shown(context: PushCertificateRoutesContext): Promise<PushCertificate> {
  const { certificates, database, runner, refusedByApple } = context;
  const now = runner.clock.now();
  const certificate = await certificates.inUse();
  return {
    state: stateOf(certificate, now),
    source: certificate?.source ?? 'none',
    topic: await certificates.pushTopic(),
    notBefore: certificate?.notBefore.toISOString() ?? null,
    notAfter: certificate?.notAfter.toISOString() ?? null,
    daysLeft: certificate === null ? null : daysLeft(certificate, now),
    enrolledMacs: await countEnrolledMacs(database),
    refusedByApple: refusedByApple(),
  };
}
