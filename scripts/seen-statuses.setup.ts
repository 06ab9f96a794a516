import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll } from 'vitest';

// Writes down every status that a server of ours answered in a test, so that `npm test` can tell which of the declared
// ones no test has seen. The folder comes from scripts/test.mjs; without it nothing is written.
const folder = process.env['KEYHAVEN_SEEN_STATUSES'];
const seen = new Set<string>();

type Finished = {
  readonly request: { readonly method?: string; readonly url?: string };
  readonly response: { readonly statusCode: number };
};

if (folder !== undefined) {
  subscribe('http.server.response.finish', (message) => {
    // Safe because this is what Node documents for this channel.
    const { request, response } = message as Finished;
    seen.add(`${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''} ${response.statusCode}`);
  });
  afterAll(() => {
    appendFileSync(path.join(folder, 'seen.txt'), [...seen].map((line) => `${line}\n`).join(''));
    seen.clear();
  });
}
