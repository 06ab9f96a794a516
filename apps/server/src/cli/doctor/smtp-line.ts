import net from 'node:net';
import tls from 'node:tls';
import { failureCode } from './failure-code.ts';
import { onAbort } from './on-abort.ts';
import type { Reach } from './reach.ts';
import { tlsTarget } from './shake-hands.ts';

/** A reply (RFC 5321 4.2): its status, 0 where the line was cut, and the text of its lines. */
export type SmtpReply = { readonly status: number; readonly lines: readonly string[] };

/** A conversation with a mail server, one command at a time. */
export type SmtpLine = {
  readonly greeting: () => Promise<SmtpReply>;
  /** Sends one line without its end; the answer is the server's. */
  readonly say: (line: string) => Promise<SmtpReply>;
  /** Goes on encrypted, after the server has agreed to. Rejects where the certificate is not trusted here. */
  readonly encrypt: () => Promise<void>;
  readonly close: () => void;
};

const longestReply = 64 * 1024;

/** Connects, encrypted from the start for `smtps:`. Rejects with an error that has a code. */
export async function openSmtpLine(url: URL, reach: Reach): Promise<SmtpLine> {
  const port = Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587);
  const target = { ...tlsTarget(url, reach), port };
  const secure = (socket?: net.Socket): tls.TLSSocket =>
    tls.connect({
      ...target,
      ...(socket === undefined ? {} : { socket }),
      secureContext: reach.trust.serverRoots,
      checkServerIdentity: (host, certificate) => tls.checkServerIdentity(host, certificate),
    });
  let socket: net.Socket =
    url.protocol === 'smtps:' ? secure() : net.connect({ ...target, host: target.host });
  await ready(socket, reach.signal);
  let hear = listenTo(socket);
  return {
    greeting: () => hear(),
    say: (line) => {
      socket.write(`${line}\r\n`);
      return hear();
    },
    encrypt: async () => {
      socket.removeAllListeners('data');
      const next = secure(socket);
      await ready(next, reach.signal);
      socket = next;
      hear = listenTo(next);
    },
    close: () => void socket.destroy(),
  };
}

function ready(socket: net.Socket, signal: AbortSignal): Promise<void> {
  onAbort(signal, () => socket.destroy(Object.assign(new Error('smtp'), { code: 'ETIMEDOUT' })));
  return new Promise((resolve, reject) => {
    socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', () => resolve());
    socket.on('error', (error) => reject(Object.assign(new Error('smtp'), { code: failureCode(error) })));
    socket.once('close', () => reject(Object.assign(new Error('smtp'), { code: 'ECONNRESET' })));
  });
}

/** Replies as they come; a cut line is a reply of status 0. */
function listenTo(socket: net.Socket): () => Promise<SmtpReply> {
  let text = '';
  let isOver = false;
  let waiting: ((reply: SmtpReply) => void) | null = null;
  const look = (): void => {
    const reply = takeReply(text);
    if (waiting === null || (reply === null && !isOver)) return;
    text = reply?.rest ?? '';
    waiting(reply ?? { status: 0, lines: [] });
    waiting = null;
  };
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    if (text.length > longestReply) socket.destroy();
    look();
  });
  socket.on('close', () => {
    isOver = true;
    look();
  });
  return () =>
    new Promise((resolve) => {
      waiting = resolve;
      look();
    });
}

/** The first whole reply of `text`: lines `250-…` up to one `250 …`; null where it has not come yet. */
export function takeReply(text: string): (SmtpReply & { readonly rest: string }) | null {
  const whole = /^(?:\d{3}-[^\n]*\n)*(?<status>\d{3})(?: [^\n]*)?\r?\n/.exec(text);
  if (whole === null) return null;
  const lines = whole[0].split('\n').filter((line) => line !== '');
  return {
    status: Number(whole.groups?.['status']),
    lines: lines.map((line) => line.slice(4).trim()),
    rest: text.slice(whole[0].length),
  };
}
