import { connect } from 'node:net';

/**
 * Sends a request with a body of so many bytes, announced or in chunks, until the server has answered or hung up.
 * Tells the status, 0 for none, and the most memory that buffers of this process held in between.
 */
export function pour(
  port: number,
  start: string,
  bodyBytes: number,
  announced: boolean,
): Promise<{ readonly status: number; readonly sent: number; readonly mostBuffers: number }> {
  const piece = Buffer.alloc(64 * 1024, 0x20);
  const frame = announced
    ? piece
    : Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  const length = announced ? `Content-Length: ${bodyBytes}` : 'Transfer-Encoding: chunked';
  return new Promise((resolve) => {
    const answer: string[] = [];
    let sent = 0;
    let mostBuffers = 0;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${start} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${length}\r\n\r\n`);
      more();
    });
    const more = (): void => {
      mostBuffers = Math.max(mostBuffers, process.memoryUsage().arrayBuffers);
      while (sent < bodyBytes && answer.length === 0 && socket.writable) {
        sent += piece.length;
        if (!socket.write(frame)) return;
      }
    };
    socket.on('drain', more);
    socket.on('data', (bytes: Buffer) => {
      answer.push(bytes.toString('latin1'));
      socket.end();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () =>
      resolve({ status: Number(answer.join('').split(' ')[1] ?? 0), sent, mostBuffers }),
    );
  });
}
