import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildHttp, type Http } from './http.ts';

const piece = Buffer.alloc(256 * 1024, 0x20);
const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
let app: Http;
let port: number;

beforeEach(async () => {
  app = await buildHttp({ trustedProxies: [], onFault: () => undefined });
  app.put('/small', () => ({}));
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(() => app.close());

type Sender = {
  readonly bodyHeader: string;
  readonly frame: Buffer;
  /** Waits so long before it reads, as one that writes its whole body first. */
  readonly readsAfterMs: number;
  /** Goes on writing when the answer has come. */
  readonly neverStops?: boolean;
};

/** Sends a body of 4 MB, or without end; tells the answer's status, or 'none', and whether the connection was reset. */
const refusalSeenBy = (sender: Sender): Promise<{ readonly status: string; readonly wasReset: boolean }> =>
  new Promise((resolve) => {
    let answer = '';
    let wasReset = false;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      const head = [
        'PUT /small HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        sender.bodyHeader,
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      for (let sent = 0; sent < 16; sent += 1) socket.write(sender.frame);
      const more = (fault?: Error | null): unknown => fault || socket.write(sender.frame, more);
      if (sender.neverStops) more();
    });
    socket.pause();
    setTimeout(() => socket.resume(), sender.readsAfterMs);
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    socket.on('end', () => sender.neverStops || socket.end());
    socket.on('error', () => {
      wasReset = true;
    });
    socket.on('close', () => resolve({ status: answer.split(' ')[1] ?? 'none', wasReset }));
  });

describe('a body that is too large', () => {
  it.each([
    ['in chunks', 'Transfer-Encoding: chunked', chunk],
    ['announced', `Content-Length: ${16 * piece.length}`, piece],
  ])('%s is refused with an answer that even a late reader gets', async (_, bodyHeader, frame) => {
    const late = [0, 20, 100, 200].map((readsAfterMs) => refusalSeenBy({ bodyHeader, frame, readsAfterMs }));
    for (const seen of await Promise.all(late)) expect(seen).toEqual({ status: '413', wasReset: false });
  });

  it('without end is cut off after its answer', async () => {
    const endless = {
      bodyHeader: 'Transfer-Encoding: chunked',
      frame: chunk,
      readsAfterMs: 0,
      neverStops: true,
    };
    expect(await refusalSeenBy(endless)).toEqual({ status: '413', wasReset: true });
  });
});
