import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PersonActor } from '../../kernel/actor.ts';
import { sendProblem } from './reply.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in, or null. Set before any handler runs. */
    person: PersonActor | null;
  }
}

/** A `preHandler` that lets only signed-in people pass. */
export async function signedInOnly(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return request.person === null ? sendProblem(reply, 'not-signed-in') : undefined;
}

/** The signed-in person of a route behind `signedInOnly`. Throws where a route forgot it. */
export function personOf(request: FastifyRequest): PersonActor {
  if (request.person === null) throw new Error('a route asked for a person without signedInOnly');
  return request.person;
}
