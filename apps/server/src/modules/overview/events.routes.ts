import { problem } from '@keyhaven/api-contract/problem';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { PersonActor } from '../../kernel/actor.ts';
import type { Http } from '../../platform/http/http.ts';
import { sendRefusal } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { createEventStreams, type EventStreams } from './event-stream.ts';

type Context = Omit<Parameters<typeof createEventStreams>[0], 'heartbeatMs'> & {
  readonly heartbeatMs?: number;
};

const heartbeatMs = 25_000;
const stream = z.string().describe('text/event-stream: `device`, `attempt`, `notice`, each with ids only.');

/** What changes for me, as it changes. */
export async function eventsRoute(app: Http, context: Context): Promise<void> {
  const streams = createEventStreams({ heartbeatMs, ...context });
  app.addHook('preClose', async () => streams.stop());
  app.get(
    '/api/v1/events',
    {
      // A HEAD would hold a stream that nobody reads.
      exposeHeadRoute: false,
      onRequest: signedInOnly,
      schema: { response: { 200: stream, 401: problem, 429: problem } },
    },
    async (request, reply) => {
      answer(streams, personOf(request), reply);
      return reply;
    },
  );
}

function answer(streams: EventStreams, actor: PersonActor, reply: FastifyReply): void {
  const events = streams.open(actor);
  if (events === null) {
    void sendRefusal(reply, { kind: 'too-many-requests', retryAfterSeconds: 30 });
    return;
  }
  void reply
    .type('text/event-stream')
    .header('cache-control', 'no-store, no-transform')
    // nginx would otherwise keep events back until it has a buffer full.
    .header('x-accel-buffering', 'no')
    .send(events);
}
