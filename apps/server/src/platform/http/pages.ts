import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answersInAdvance, asDataBlock } from './answers-in-advance.ts';
import { sendPlainPage } from './plain-page.ts';
import { sendProblem } from './reply.ts';
import { newNonce, type OutsideView, pagePolicy } from './security-headers.ts';

const portalPaths = [
  '/',
  '/devices/:id',
  '/devices/:id/store',
  '/help',
  '/help/:topic',
  '/enroll',
  '/account',
];
const consolePaths = ['/console', '/console/*'];
const placeholder = '__CSP_NONCE__';
/** Stands in the portal's document, in a data block that no browser runs. */
const answersPlaceholder = '"__ANSWERS_IN_ADVANCE__"';
const hidden = { schema: { hide: true } } as const;

/**
 * Serves the built web: `index.html` for the portal's paths, `console.html` for the console's, everything else in the
 * folder as it is (hashed assets for ever, precompressed where `precompress` was run). Anything unknown is 404, as a
 * page for browsers on their way and as a problem document for programs.
 */
export async function addPages(
  app: FastifyInstance,
  options: { readonly folder: string; readonly view: OutsideView },
): Promise<void> {
  const send = {
    portal: await pageSender(options, 'index.html'),
    console: await pageSender(options, 'console.html'),
  };
  for (const url of portalPaths) {
    app.get(url, hidden, async (request, reply) =>
      send.portal(reply, asDataBlock(await answersInAdvance(app, request))),
    );
  }
  for (const url of consolePaths) app.get(url, hidden, (_request, reply) => send.console(reply));
  await addFiles(app, options.folder);
  app.setNotFoundHandler(sendNotFound);
}

async function addFiles(app: FastifyInstance, folder: string): Promise<void> {
  const assets = path.join(folder, 'assets');
  const shared = {
    wildcard: false,
    index: false,
    decorateReply: false,
    preCompressed: true,
    schemaHide: true,
  } as const;
  const companions = ['**/*.br', '**/*.gz', '**/*.map'];
  if (existsSync(assets)) {
    await app.register(staticFiles, {
      ...shared,
      root: assets,
      prefix: '/assets/',
      globIgnore: companions,
      // Their names carry a hash of their bytes.
      maxAge: '365d',
      immutable: true,
    });
  }
  if (existsSync(folder)) {
    const globIgnore = [...companions, 'assets/**', '**/*.html'];
    await app.register(staticFiles, { ...shared, root: folder, prefix: '/', globIgnore, maxAge: 0 });
  }
}

/** Sends one of the documents with a nonce of this answer's own. */
async function pageSender(
  options: { readonly folder: string; readonly view: OutsideView },
  name: string,
): Promise<(reply: FastifyReply, answers?: string) => FastifyReply> {
  const file = path.join(options.folder, name);
  if (!existsSync(file)) {
    return (reply) =>
      sendPlainPage(reply, 503, {
        title: 'The pages are not built yet',
        lines: ['This server works, but its pages were not built.', 'Run: npm start'],
      });
  }
  const document = await readFile(file, 'utf8');
  return (reply, answers = '{}') => {
    const nonce = newNonce();
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', pagePolicy(options.view, nonce))
      .send(document.replaceAll(placeholder, nonce).replace(answersPlaceholder, () => answers));
  };
}

const wantsPage = (request: FastifyRequest): boolean =>
  request.method === 'GET' &&
  !request.url.startsWith('/api/') &&
  (request.headers.accept ?? '').includes('text/html');

function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!wantsPage(request)) return sendProblem(reply, 'not-found');
  return sendPlainPage(reply, 404, {
    title: 'There is no such page',
    lines: ['The address may be mistyped, or the page is gone.'],
    link: { href: '/', text: 'Go to my Macs' },
  });
}
