import { once } from 'node:events';
import {
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { PemPair } from '../../modules/push-certificate/push-certificate.fixture.ts';

/** What the service does with one push in the place of judging it. */
export type Behaviour =
  | { readonly answer: number; readonly reason?: string; readonly timestamp?: number }
  /** Never answers. */
  | { readonly hang: true }
  /** Shuts the connection; `processed`: had looked at this push before, and says no more. */
  | { readonly goaway: string; readonly code?: number; readonly processed: boolean }
  | { readonly refuseStream: true }
  /** Breaks the connection without a word. */
  | { readonly drop: true };

/** Apple's push service as strict as its documentation, over TLS and with client certificates. */
export type ApnsServer = {
  readonly url: string;
  /** PEM: whom to trust. */
  readonly ca: string;
  /** Tokens, lower-case hexadecimal, and the topic of each; null: gone. */
  readonly tokens: Map<string, string | null>;
  readonly taken: { readonly token: string; readonly magic: string }[];
  /** For the next pushes, one each; after that it judges by itself. */
  readonly next: (...behaviours: readonly Behaviour[]) => void;
  /** Holds every answer back until the returned function is called. */
  readonly hold: () => () => void;
  /** What was seen: connections with the user ID of their certificate, and the most streams at a time on one. */
  readonly seen: { readonly connections: string[]; mostStreams: number; requests: number };
  /** Stops answering pings and everything else, without a word. */
  readonly freeze: () => void;
  readonly close: () => Promise<void>;
};

const headerNames = [':authority', ':method', ':path', ':scheme'].concat(
  ['expiration', 'priority', 'push-type', 'topic'].map((name) => `apns-${name}`),
);

export async function startApnsServer(
  pair: PemPair,
  options: { readonly maxConcurrentStreams?: number } = {},
): Promise<ApnsServer> {
  const { maxConcurrentStreams = 1000 } = options;
  const server = createSecureServer({
    cert: pair.certificate,
    key: pair.key,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
    settings: { maxConcurrentStreams },
  });
  const state: State = {
    tokens: new Map(),
    taken: [],
    behaviours: [],
    held: Promise.resolve(),
    drop: () => undefined,
    seen: { connections: [], mostStreams: 0, requests: 0 },
  };
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    serve(session, state);
  });
  server.on('tlsClientError', () => undefined);
  const wire = await openWire(await listen(server));
  state.drop = wire.drop;
  return {
    url: `https://127.0.0.1:${wire.port}`,
    ca: pair.certificate,
    tokens: state.tokens,
    taken: state.taken,
    seen: state.seen,
    next: (...behaviours) => void state.behaviours.push(...behaviours),
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      state.held = promise;
      return resolve;
    },
    freeze: wire.freeze,
    close: async () => {
      await wire.close();
      for (const session of sessions) session.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

type State = Pick<ApnsServer, 'tokens' | 'taken' | 'seen'> & {
  readonly behaviours: Behaviour[];
  held: Promise<void>;
  drop: () => void;
};

function serve(session: ServerHttp2Session, state: State): void {
  const userId = userIdOf(session);
  state.seen.connections.push(userId);
  let streams = 0;
  session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    streams += 1;
    state.seen.requests += 1;
    state.seen.mostStreams = Math.max(state.seen.mostStreams, streams);
    stream.on('close', () => {
      streams -= 1;
    });
    stream.on('error', () => stream.close());
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => {
      void state.held.then(() => receive(session, stream, headers, Buffer.concat(pieces), userId, state));
    });
  });
}

function receive(
  session: ServerHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  body: Buffer,
  userId: string,
  state: State,
): void {
  if (stream.destroyed) return;
  const behaviour = state.behaviours.shift() ?? judge(headers, body.toString('utf8'), userId, state);
  if ('answer' in behaviour) {
    const { answer, ...told } = behaviour;
    stream.respond({ ':status': answer, 'apns-id': 'EC1BF194-B3B2-424A-89A9-5A918A6E6B5D' });
    stream.end(answer === 200 ? undefined : JSON.stringify(told));
  } else if ('goaway' in behaviour) {
    const last = (stream.id ?? 0) - (behaviour.processed ? 0 : 2);
    session.goaway(behaviour.code ?? 0, last, Buffer.from(JSON.stringify({ reason: behaviour.goaway })));
    if (behaviour.processed) setImmediate(() => session.destroy());
  } else if ('refuseStream' in behaviour) stream.close(constants.NGHTTP2_REFUSED_STREAM);
  else if ('drop' in behaviour) state.drop();
}

/** Apple's own reasons. */
function judge(headers: IncomingHttpHeaders, body: string, userId: string, state: State): Behaviour {
  const refuse = (answer: number, reason: string): Behaviour => ({ answer, reason });
  const path = headers[':path'] ?? '';
  const topic = headers['apns-topic'];
  if (userId === '') return refuse(403, 'MissingProviderToken');
  if (headers[':method'] !== 'POST') return refuse(405, 'MethodNotAllowed');
  if (Object.keys(headers).toSorted().join() !== headerNames.toSorted().join())
    return refuse(400, 'BadHeaders');
  if (!/^\/3\/device\/(?:[0-9a-f]{2}){32}$/.test(path)) return refuse(400, 'BadDeviceToken');
  if (topic !== userId) return refuse(400, 'BadTopic');
  if (headers['apns-push-type'] !== 'mdm') return refuse(400, 'InvalidPushType');
  if (headers['apns-priority'] !== '10') return refuse(400, 'BadPriority');
  if (!/^\d{10}$/.test(String(headers['apns-expiration']))) return refuse(400, 'BadExpirationDate');
  const magic = magicIn(body);
  if (magic === null) return refuse(400, body === '' ? 'PayloadEmpty' : 'BadPayload');
  const token = path.slice('/3/device/'.length);
  const known = state.tokens.get(token);
  if (known === undefined) return refuse(400, 'BadDeviceToken');
  if (known === null) return { answer: 410, reason: 'Unregistered', timestamp: 1_700_000_000_000 };
  if (known !== topic) return refuse(400, 'DeviceTokenNotForTopic');
  state.taken.push({ token, magic });
  return { answer: 200 };
}

/** The body is `{"mdm":"…"}` to the octet. */
function magicIn(body: string): string | null {
  const parsed: unknown = /^\{"mdm":".*"\}$/s.test(body) ? JSON.parse(body) : null;
  const magic: unknown = typeof parsed === 'object' && parsed !== null && 'mdm' in parsed ? parsed.mdm : null;
  return typeof magic === 'string' && JSON.stringify({ mdm: magic }) === body ? magic : null;
}

function userIdOf(session: ServerHttp2Session): string {
  const { socket } = session;
  if (!(socket instanceof TLSSocket)) return '';
  const subject: unknown = socket.getPeerCertificate().subject;
  const userId: unknown = Reflect.get(Object(subject), 'UID');
  return typeof userId === 'string' ? userId : '';
}

/** The cable between: it passes everything on, until it is cut or goes dead. */
async function openWire(target: number): Promise<{
  readonly port: number;
  /** Nothing more gets through, on the connections that there are. */
  readonly freeze: () => void;
  readonly drop: () => void;
  readonly close: () => Promise<void>;
}> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const wire = createServer((near) => {
    const far = keep(connect(target, '127.0.0.1'));
    keep(near).pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listen(wire),
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    drop,
    close: async () => {
      drop();
      if (!wire.listening) return;
      wire.close();
      await once(wire, 'close');
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
