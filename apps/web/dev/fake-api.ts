/**
 * A server for looking at the pages while they are made: it answers the HTTP API with fixtures and keeps nothing. Not
 * part of the product, and no test uses it. `node apps/web/dev/fake-api.ts [port]`, after `vite build apps/web`.
 * The cookie `as` chooses who is there: `nobody`, `newcomer` (no Mac), `early` (no push
 * certificate yet), `it`; anything else is the owner.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import {
  ago,
  checkIns,
  companyMacs,
  devices,
  log,
  notices,
  owner,
  pushCertificates,
  versions,
} from './fixtures.ts';

const port = Number(process.argv[2] ?? 8099);
const dist = join(import.meta.dirname, '../dist');
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const csp = (nonce: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self'; font-src 'self'; ` +
  `connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; ` +
  `manifest-src 'self'; require-trusted-types-for 'script'; trusted-types app`;

async function page(response: ServerResponse, file: string): Promise<void> {
  const nonce = randomBytes(16).toString('base64');
  const html = await readFile(join(dist, file), 'utf8');
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': csp(nonce),
  });
  response.end(html.replaceAll('__CSP_NONCE__', nonce));
}

function json(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

const problem = (
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void =>
  json(
    response,
    status,
    { type: `/errors/${code}`, code, title: code, detail: 'Made up for looking.', status },
    headers,
  );

const who = (request: IncomingMessage): string =>
  /\bas=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? 'owner';
const list = (items: readonly unknown[]): object => ({ items, next: null });

const isIt = (as: string): boolean => as === 'it' || as.startsWith('admin');
const permissionsOf = (as: string): readonly string[] => [
  ...(isIt(as) ? ['device:read', 'recovery-key:reveal', 'recovery-key:rotate', 'audit:read'] : []),
  ...(as.startsWith('admin') ? ['device:write', 'settings:write'] : []),
];

/** `admin` has a valid push certificate, `adminMissing` none, and so on. */
function settings(request: IncomingMessage, response: ServerResponse, path: string): void {
  const as = who(request);
  if (!permissionsOf(as).includes('settings:write')) return problem(response, 403, 'forbidden');
  if (path.endsWith('/decrypt')) return problem(response, 422, 'push-request-answer-unreadable');
  if (path.endsWith('/requests'))
    return json(response, 201, {
      id: 'r1',
      request: `-----BEGIN CERTIFICATE REQUEST-----\n${'MIICdjCCAV4CAQAw'.repeat(24)}\n-----END CERTIFICATE REQUEST-----\n`,
      mdmcertDownload: {
        url: 'https://mdmcert.download/api/v1/signrequest',
        body: {
          csr: 'LS0tLS1C'.repeat(30),
          email: 'it@example.com',
          key: 'k',
          encrypt: 'LS0tLS1C'.repeat(30),
        },
      },
    });
  if (request.method === 'PUT') return problem(response, 409, 'push-certificate-other-topic');
  return json(response, 200, pushCertificates[as] ?? pushCertificates['admin']);
}

const me = (as: string): object => ({
  ...owner,
  ...(isIt(as) ? { id: 'p2', name: 'Sam Field', email: 'helpdesk@example.com' } : {}),
  locale: 'en',
  permissions: permissionsOf(as),
});

let freshUntil = 0;

/** The id of a made-up enrollment is its state; `user-enrollment` and `refused-by-it` are refused for that. */
function enrollment(response: ServerResponse, id: string): void {
  const refused = id === 'user-enrollment' || id === 'refused-by-it';
  if (id === 'missing') return problem(response, 404, 'not-found');
  return json(response, 200, {
    id,
    state: refused ? 'refused' : id,
    refusal: refused ? id : null,
    deviceId: id === 'live' ? 'none' : null,
    expiresAt: ago(-3_600_000),
  });
}

function collection(request: IncomingMessage, response: ServerResponse, path: string): void {
  const as = who(request);
  if (path === '/portal')
    return json(response, 200, {
      portalName: 'Company Portal',
      organizationName: 'Example Ltd',
      evaluation: true,
      supportContact: {
        name: 'IT service desk',
        phone: '+44 20 7946 0000',
        email: 'it@example.com',
        website: 'https://it.example.com',
        note: 'Monday to Friday, 8 to 18.',
      },
    });
  if (as === 'nobody') return problem(response, 401, 'not-signed-in');
  if (path === '/me') return json(response, 200, me(as));
  if (path === '/notices') return json(response, 200, list(as === 'owner' ? notices : []));
  if (path === '/enrollments' && as === 'early') return problem(response, 409, 'push-certificate-missing');
  if (path === '/enrollments')
    return json(response, 201, {
      id: 'downloaded',
      profileUrl: '/assets/enroll.mobileconfig',
      expiresAt: ago(-3_600_000),
    });
  if (path.startsWith('/enrollments/')) return enrollment(response, path.slice('/enrollments/'.length));
  if (path.startsWith('/settings/push-certificate')) return settings(request, response, path);
  if (path === '/corporate-identifiers' && request.method === 'GET')
    return json(response, 200, { items: companyMacs, next: 'more' });
  if (path === '/corporate-identifiers') return json(response, 200, { changed: 2 });
  if (path === '/devices') return json(response, 200, list(as === 'newcomer' ? [] : devices));
  if (path === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('event: device\nid: 1\ndata: {"deviceId":"current"}\n\n');
    return undefined;
  }
  return problem(response, 404, 'not-found');
}

function oneDevice(request: IncomingMessage, response: ServerResponse, id: string, rest: string): void {
  const device = devices.find((candidate) => candidate.id === id);
  if (who(request) === 'nobody') return problem(response, 401, 'not-signed-in');
  if (device === undefined) return problem(response, 404, 'not-found');
  const actions = !isIt(who(request))
    ? device.actions
    : device.actions.filter((action) =>
        action === 'reveal' ? device.ownership === 'corporate' : ['rotate', 'check-status'].includes(action),
      );
  if (rest === '' && request.method === 'GET') return json(response, 200, { ...device, actions });
  if (rest === '/recovery-key/versions') return json(response, 200, list(versions));
  if (rest === '/check-ins') return json(response, 200, list(checkIns));
  if (rest === '/access-log') return json(response, 200, list(log));
  if (rest === '/recovery-key' && id === 'rotating') return problem(response, 409, 'attempt-in-progress');
  if (rest === '/recovery-key' && id === 'current')
    return problem(response, 429, 'too-many-requests', { 'Retry-After': '900' });
  if (rest === '/recovery-key')
    return json(response, 202, devices.find(({ id: other }) => other === 'waiting')?.attempt);
  if (rest === '/recovery-key/reveal') {
    if (Date.now() > freshUntil) return problem(response, 403, 'fresh-sign-in-required');
    return json(response, 200, {
      recoveryKey: 'ABCD-2345-EFGH-6789-TUVW-XYZ2',
      version: 3,
      state: 'current',
      storedAt: ago(1e9),
      provenAt: ago(1e9),
      hideAfterSeconds: 300,
    });
  }
  return json(
    response,
    request.method === 'DELETE' ? 204 : 202,
    request.method === 'DELETE' ? undefined : {},
  );
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname.startsWith('/api/v1/devices/')) {
    const [, id = '', rest = ''] = /^\/api\/v1\/devices\/([^/]+)(.*)$/.exec(pathname) ?? [];
    return oneDevice(request, response, id, rest);
  }
  if (pathname.startsWith('/api/v1')) return collection(request, response, pathname.slice('/api/v1'.length));
  if (pathname === '/sign-in') {
    if (searchParams.get('fresh') === '1') freshUntil = Date.now() + 300_000;
    response.writeHead(302, { Location: searchParams.get('return') ?? '/' });
    response.end();
    return undefined;
  }
  if (pathname.startsWith('/assets/')) {
    const file = await readFile(join(dist, normalize(pathname)));
    response.writeHead(200, { 'Content-Type': types[extname(pathname)] ?? 'application/octet-stream' });
    response.end(file);
    return undefined;
  }
  return page(response, pathname.startsWith('/console') ? 'console.html' : 'index.html');
}

createServer((request, response) => {
  answer(request, response).catch(() => problem(response, 404, 'not-found'));
}).listen(port, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${port}\n`));
