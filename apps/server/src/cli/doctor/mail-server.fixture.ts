import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Served } from './certificates.fixture.ts';

export type MailServerOptions = {
  readonly served: Served;
  /** Encrypted from the first byte, as on port 465. */
  readonly implicit?: boolean;
  readonly offersStartTls?: boolean;
  /** What follows AUTH in the answer to EHLO; empty: no AUTH. */
  readonly methods?: string;
  readonly password?: string;
  /** Instead of `220 mail`. */
  readonly greeting?: string;
};

/** A mail server for as much of SMTP as comes before a mail. */
export type MailServer = {
  readonly port: number;
  /** Every line that was said to it. */
  readonly heard: string[];
  close: () => Promise<void>;
};

/** Starts it on loopback. The one account is `post`, with the password given. */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const heard: string[] = [];
  const sockets = new Set<net.Socket>();
  const welcome = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(`${options.greeting ?? '220 mail'}\r\n`);
    converse(socket, options, options.implicit === true, heard);
  };
  const server =
    options.implicit === true ? tls.createServer(options.served, welcome) : net.createServer(welcome);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    heard,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function converse(socket: net.Socket, options: MailServerOptions, encrypted: boolean, heard: string[]): void {
  const sign = signIn(options.password ?? '');
  socket.on('data', (bytes: Buffer) => {
    for (const line of bytes
      .toString()
      .split('\r\n')
      .filter((each) => each !== '')) {
      heard.push(line);
      const [verb = ''] = line.split(' ');
      if (verb === 'STARTTLS') startTls(socket, options, heard);
      else if (verb === 'EHLO') socket.write(helloOf(options, encrypted));
      else if (verb === 'QUIT') socket.write('221 bye\r\n');
      else socket.write(`${sign(line)}\r\n`);
    }
  });
}

/** AUTH PLAIN in one line, AUTH LOGIN in three (RFC 4954). */
function signIn(password: string): (line: string) => string {
  let login: string[] | null = null;
  const verdict = (isRight: boolean): string => (isRight ? '235 welcome' : '535 no');
  return (line) => {
    const word = Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString();
    if (line.startsWith('AUTH PLAIN')) return verdict(word === `\0post\0${password}`);
    if (line !== 'AUTH LOGIN' && login === null) return '502 what';
    login = line === 'AUTH LOGIN' ? [] : [...(login ?? []), word];
    return login.length < 2 ? '334 bW9yZQ==' : verdict(login.join() === `post,${password}`);
  };
}

function helloOf(
  { offersStartTls = true, methods = 'PLAIN LOGIN' }: MailServerOptions,
  encrypted: boolean,
): string {
  const lines = ['mail', ...(offersStartTls && !encrypted ? ['STARTTLS'] : [])];
  if (encrypted && methods !== '') lines.push(`AUTH ${methods}`);
  return lines.map((line, at) => `250${at === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join('');
}

function startTls(socket: net.Socket, options: MailServerOptions, heard: string[]): void {
  socket.removeAllListeners('data');
  socket.write('220 go\r\n');
  const secure = new tls.TLSSocket(socket, {
    isServer: true,
    secureContext: tls.createSecureContext(options.served),
  });
  secure.on('error', () => {});
  converse(secure, options, true, heard);
}
