import { once } from 'node:events';
import { connect } from 'node:net';

/** One kept HTTP/1.1 connection that costs the load next to nothing. */
export type HttpConnection = {
  /** Sends a whole request; resolves with the status when its answer is there to the end. */
  readonly exchange: (request: Buffer) => Promise<number>;
  readonly close: () => void;
};

const endOfHead = Buffer.from('\r\n\r\n');

/** Connects. Answers must carry Content-Length, as ours do. */
export async function openConnection(server: URL): Promise<HttpConnection> {
  const socket = connect(Number(server.port), '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  let settle: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null;
  const fail = (): void => settle?.reject(new Error('the connection broke'));
  socket.on('error', fail);
  socket.on('close', fail);
  socket.on('data', (piece) => {
    received = received.length === 0 ? piece : Buffer.concat([received, piece]);
    const end = received.indexOf(endOfHead);
    if (end === -1) return;
    const head = received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/iu.exec(head)?.[1] ?? 0);
    if (received.length < end + endOfHead.length + length) return;
    received = Buffer.alloc(0);
    settle?.resolve(Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)));
  });
  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => {
      settle = null;
      socket.destroy();
    },
  };
}
