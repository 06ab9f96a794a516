import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Served } from './certificates.fixture.ts';

/** A proxy with TLS before a server of ours, as an administrator would have one. */
export type TlsFront = {
  readonly port: number;
  /** The port on 127.0.0.1 that requests are handed on to; null: answers 502, as without anything behind it. */
  behind: number | null;
  /** Where given, everything else is answered 404. */
  onlyPath: string | null;
  /** Answers itself, where given. */
  instead: ((response: http.ServerResponse) => void) | null;
  /** Serves this certificate from the next connection on. */
  serve: (served: Served) => void;
  close: () => Promise<void>;
};

/** Starts it on loopback. With `asksForCertificate` it asks for a client certificate and goes on without one. */
export async function startTlsFront(served: Served, asksForCertificate = false): Promise<TlsFront> {
  const options = { ...served, requestCert: asksForCertificate, rejectUnauthorized: false };
  const server = https.createServer(options, (request, response) => {
    if (front.onlyPath !== null && request.url !== front.onlyPath) response.writeHead(404).end();
    else if (front.instead === null) handOn(front.behind, request, response);
    else front.instead(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const front: TlsFront = {
    port: address.port,
    behind: null,
    onlyPath: null,
    instead: null,
    serve: (next) => server.setSecureContext(next),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return front;
}

function handOn(port: number | null, request: http.IncomingMessage, response: http.ServerResponse): void {
  if (port === null) {
    response.writeHead(502).end();
    return;
  }
  const { method, url, headers } = request;
  const onward = http.request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}

/** Every name is this machine. */
export const loopbackLookup: LookupFunction = (_name, options, answer) => {
  if (options.all === true) answer(null, [{ address: '127.0.0.1', family: 4 }]);
  else answer(null, '127.0.0.1', 4);
};
