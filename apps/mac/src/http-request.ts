import { type Agent, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export type HttpAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
};

export type HttpCall = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Keeps connections; without one each call opens its own. */
  readonly agent?: Agent;
  /** PEM certificates to trust instead of the public ones (https only). */
  readonly trust?: string;
};

const SILENCE_MILLISECONDS = 30_000;

/** One request, its answer read to the end. Rejects when the connection breaks before that. */
export function callHttp(url: string, call: HttpCall): Promise<HttpAnswer> {
  const open = url.startsWith('https:') ? tlsRequest : plainRequest;
  const body = call.body ?? Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const outgoing = open(
      url,
      {
        method: call.method,
        headers: { ...call.headers, ...(call.method === 'GET' ? {} : { 'Content-Length': body.length }) },
        agent: call.agent ?? false,
        timeout: SILENCE_MILLISECONDS,
        ...(call.trust === undefined ? {} : { ca: call.trust }),
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => {
          if (!incoming.complete) return reject(new Error('the answer broke off'));
          resolve({
            status: incoming.statusCode ?? 0,
            contentType: incoming.headers['content-type'] ?? '',
            body: Buffer.concat(pieces),
          });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
