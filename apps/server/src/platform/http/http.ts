import type { IncomingMessage, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import type { RawServerDefault } from 'fastify';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { linger } from './linger.ts';
import { sendProblem } from './reply.ts';

/** The application, with inputs and outputs typed and filtered by their zod schemas. */
export type Http = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export type HttpOptions = {
  /** Addresses and networks of proxies whose X-Forwarded-… headers count; none: nobody's. */
  readonly trustedProxies: readonly string[];
  /** Told of an error that no handler expected. Must not log the error's message as it may hold input. */
  readonly onFault: (error: unknown, route: string) => void;
};

const maximumJsonBytes = 64 * 1024;
// Mdm-Signature is about 2 kB, and mdmb repeats a SCEP message in the query (reference/peers.md 5.1).
const maximumHeaderBytes = 32 * 1024;

/** Makes the application: limits, schemas, OpenAPI, and one place where an error becomes a problem document. */
export async function buildHttp(options: HttpOptions): Promise<Http> {
  const app = Fastify({
    logger: false,
    bodyLimit: maximumJsonBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    http: { maxHeaderSize: maximumHeaderBytes },
    routerOptions: { maxParamLength: 200 },
    // Fastify's own words repeat the address that it could not read.
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, 'invalid-request'),
    return503OnClosing: true,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('person', null);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const path = error.validation[0]?.instancePath.replaceAll('/', '.').replace(/^\./, '') ?? '';
      return sendProblem(reply, 'invalid-request', path === '' ? {} : { field: path });
    }
    if (error.statusCode === 413) {
      linger(request.raw);
      return sendProblem(reply, 'payload-too-large');
    }
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
      return sendProblem(reply, 'invalid-request');
    }
    options.onFault(error, `${request.method} ${request.routeOptions.url ?? '(no route)'}`);
    return sendProblem(reply, 'internal-error');
  });
  await app.register(cookie);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Keyhaven', version: '1', description: 'The self-hosted home for Mac recovery keys.' },
    },
    transform: jsonSchemaTransform,
  });
  return app;
}
