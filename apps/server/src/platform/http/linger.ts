import type { IncomingMessage } from 'node:http';

const longestMs = 2000;

/**
 * Lets the sender of a refused body read the answer. A connection that closes over unread bytes is reset, and a reset
 * takes the answer with it; so the server's half is closed, and what still comes is read and dropped until the sender
 * closes too, for two seconds at the most (RFC 9112, section 9.6).
 */
export function linger(request: IncomingMessage): void {
  const { socket } = request;
  request.resume();
  // Node calls this when the last answer of a connection is written, and would close both halves.
  socket.destroySoon = () => {
    const end = setTimeout(() => socket.destroy(), longestMs);
    socket.once('close', () => clearTimeout(end));
    socket.end();
  };
}
