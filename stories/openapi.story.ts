import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type World } from './world.ts';

type Description = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
};

let world: World;
let description: Description;

beforeAll(async () => {
  world = await startWorld();
  const response = await fetch(new URL('/api/v1/openapi.json', world.url));
  // Safe because the tests below look at what is in it.
  description = (await response.json()) as Description;
  const folder = process.env['KEYHAVEN_SEEN_STATUSES'];
  if (folder !== undefined) await writeFile(path.join(folder, 'openapi.json'), JSON.stringify(description));
});
afterAll(() => world.close());

describe('the description of the API', () => {
  test('is OpenAPI 3.1', () => {
    expect(description.openapi).toMatch(/^3\.1\./);
  });

  test('has every call that contract.md gives to owners', () => {
    const calls = Object.entries(description.paths).flatMap(([url, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${url}`),
    );
    expect(calls).toEqual(
      expect.arrayContaining([
        'GET /api/v1/me',
        'GET /api/v1/devices',
        'GET /api/v1/devices/{id}',
        'PATCH /api/v1/devices/{id}',
        'DELETE /api/v1/devices/{id}',
        'PUT /api/v1/devices/{id}/recovery-key',
        'POST /api/v1/devices/{id}/recovery-key/reveal',
        'POST /api/v1/devices/{id}/recovery-key/rotate',
        'GET /api/v1/devices/{id}/recovery-key/versions',
        'GET /api/v1/devices/{id}/attempts/{attemptId}',
        'DELETE /api/v1/devices/{id}/attempts/{attemptId}',
        'GET /api/v1/devices/{id}/access-log',
        'POST /api/v1/devices/{id}/check-status',
        'GET /api/v1/events',
        'POST /api/v1/enrollments',
        'PUT /mdm',
        'GET /scep/{id}',
        'POST /scep/{id}',
      ]),
    );
  });
});
