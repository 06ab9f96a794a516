import { X509Certificate } from 'node:crypto';
import { problem } from '@keyhaven/api-contract/problem';
import { z } from 'zod';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem } from '../../platform/http/reply.ts';
import { readWebhookEvent, type WebhookEvent } from './webhook-event.ts';
import { isSignedBy } from './webhook-signature.ts';

export type WebhookContext = {
  readonly webhookKey: string;
  /** The certificate that NanoMDM has to trust, DER. */
  readonly deviceCa: Buffer;
  /** Makes an authentic event durable. */
  readonly take: (event: WebhookEvent) => Promise<void>;
  /** Kinds only. */
  readonly onRefused: (why: string, enrollment: EnrollmentId | null) => void;
};

const maximumBodyBytes = 4 * 1024 * 1024;

/**
 * `POST /nanomdm/webhook`: what Macs said to NanoMDM. Exactly 200, and only after it is durable; NanoMDM sends each event
 * once and counts nothing else as taken (reference/peers.md 5.2). An authentic event that nobody can make sense of is
 * taken too: sending it again would not change it.
 */
export async function webhookRoutes(app: Http, context: WebhookContext): Promise<void> {
  const pem = new X509Certificate(context.deviceCa).toString();
  app.get('/nanomdm/device-ca.pem', { schema: { response: { 200: z.string() } } }, async (_request, reply) =>
    reply.type('application/x-pem-file').send(pem),
  );
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maximumBodyBytes },
      (_request, body, done) => done(null, body),
    );
    scope.post(
      '/nanomdm/webhook',
      {
        bodyLimit: maximumBodyBytes,
        schema: { response: { 200: z.string(), 403: problem, 413: problem, 500: problem } },
      },
      async (request, reply) => {
        const raw: unknown = request.body;
        const body = Buffer.isBuffer(raw) ? raw : Buffer.alloc(0);
        if (!isSignedBy(context.webhookKey, body, request.headers['x-hmac-signature'])) {
          context.onRefused('webhook-signature', null);
          return sendProblem(reply, 'forbidden');
        }
        const event = readWebhookEvent(body);
        if (event === null) context.onRefused('webhook-unreadable', null);
        else await context.take(event);
        return reply.type('text/plain').send('taken\n');
      },
    );
  });
}
