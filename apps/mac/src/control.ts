import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ControlAnswer, operate } from './control-operations.ts';
import type { Fleet } from './fleet.ts';

export type ControlChannel = {
  readonly url: string;
  /** Bearer token; whoever has it can do with the Macs what their owner can. */
  readonly token: string;
  readonly close: () => Promise<void>;
};

const MAXIMUM_BYTES = 2 * 1024 * 1024;

/** JSON over HTTP on a loopback port: the hands at the Macs, for tests and evaluation. */
export async function openControl(fleet: Fleet): Promise<ControlChannel> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    void serve(fleet, token, request).then(
      (answer) => write(response, answer),
      () => write(response, { status: 500, body: { error: 'failed' } }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(fleet: Fleet, token: string, request: IncomingMessage): Promise<ControlAnswer> {
  const expected = Buffer.from(`Bearer ${token}`, 'utf8');
  const given = Buffer.from(request.headers.authorization ?? '', 'utf8');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { status: 401, body: { error: 'unauthorized' } };
  }
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > MAXIMUM_BYTES) return { status: 413, body: { error: 'too-large' } };
    pieces.push(bytes);
  }
  return operate(fleet, `${request.method ?? ''} ${request.url ?? ''}`, Buffer.concat(pieces));
}

function write(response: ServerResponse, answer: ControlAnswer): void {
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(body);
}
