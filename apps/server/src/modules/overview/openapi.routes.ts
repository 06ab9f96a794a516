import { z } from 'zod';
import type { Http } from '../../platform/http/http.ts';

/** The OpenAPI 3.1 description of every route that is there when the server is ready. */
export async function openApiRoute(app: Http): Promise<void> {
  app.get(
    '/api/v1/openapi.json',
    { schema: { response: { 200: z.looseObject({ openapi: z.string() }) } } },
    async () => ({ ...app.swagger(), openapi: '3.1.0' }),
  );
}
