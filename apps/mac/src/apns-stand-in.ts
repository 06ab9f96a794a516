import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

/** The Mac behind a push token. */
export type PushReceiver = {
  readonly topic: string;
  readonly push: (pushMagic: string) => void;
};

export type ApnsOptions = {
  /** Who has this token (lower-case hex): 'unregistered' had it once, null never existed. */
  readonly receiverOf: (token: string) => PushReceiver | 'unregistered' | null;
  /** Absent: HTTP/2 without TLS. Ask for client certificates with requestCert and ca. */
  readonly tls?: SecureServerOptions;
  readonly now?: () => Date;
};

export type ApnsStandIn = { readonly url: string; readonly close: () => Promise<void> };

const MAXIMUM_BYTES = 4096;

/** Apple's push service on a loopback port of its own, as strict as Apple's documentation of it. */
export async function startApnsStandIn(options: ApnsOptions): Promise<ApnsStandIn> {
  const server: Http2Server = options.tls === undefined ? createServer() : createSecureServer(options.tls);
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => stream.close());
    receive(stream, headers, options);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function receive(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: ApnsOptions): void {
  const pieces: Buffer[] = [];
  let size = 0;
  stream.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size <= MAXIMUM_BYTES) pieces.push(piece);
  });
  stream.on('end', () => {
    if (stream.destroyed) return;
    const apnsId = textHeader(headers, 'apns-id') ?? randomUUID().toUpperCase();
    const refusal =
      size > MAXIMUM_BYTES ? refuse(413, 'PayloadTooLarge') : judge(headers, Buffer.concat(pieces), options);
    stream.respond({ ':status': refusal?.status ?? 200, 'apns-id': apnsId });
    stream.end(refusal === null ? undefined : JSON.stringify(refusal.body));
  });
}

type ApnsRefusal = {
  readonly status: number;
  readonly body: { readonly reason: string; readonly timestamp?: number };
};

const refuse = (status: number, reason: string): ApnsRefusal => ({ status, body: { reason } });

/** Null: accepted, and the Mac is woken. Reasons are APNs' own. */
function judge(headers: IncomingHttpHeaders, body: Buffer, options: ApnsOptions): ApnsRefusal | null {
  const wrong = judgeHeaders(headers);
  if (wrong !== null) return wrong;
  const magic = readMagic(body);
  if (magic === null) return refuse(400, body.length === 0 ? 'PayloadEmpty' : 'BadPayload');
  const token = (headers[':path'] ?? '').slice('/3/device/'.length);
  const receiver = options.receiverOf(token);
  if (receiver === null) return refuse(400, 'BadDeviceToken');
  if (receiver === 'unregistered') {
    const timestamp = (options.now ?? (() => new Date()))().getTime();
    return { status: 410, body: { reason: 'Unregistered', timestamp } };
  }
  if (receiver.topic !== textHeader(headers, 'apns-topic')) return refuse(400, 'DeviceTokenNotForTopic');
  receiver.push(magic);
  return null;
}

const HEADER_CHECKS: readonly (readonly [header: string, fits: RegExp, reason: string])[] = [
  ['apns-topic', /^com\.apple\.mgmt\./u, 'BadTopic'],
  ['apns-push-type', /^mdm$/u, 'InvalidPushType'],
  ['apns-priority', /^10$/u, 'BadPriority'],
  ['apns-expiration', /^\d+$/u, 'BadExpirationDate'],
];

function judgeHeaders(headers: IncomingHttpHeaders): ApnsRefusal | null {
  if (headers[':method'] !== 'POST') return refuse(405, 'MethodNotAllowed');
  const path = headers[':path'] ?? '';
  if (!path.startsWith('/3/device/')) return refuse(404, 'BadPath');
  if (!/^\/3\/device\/(?:[0-9a-f]{2}){1,100}$/u.test(path)) return refuse(400, 'BadDeviceToken');
  if (textHeader(headers, 'apns-topic') === null) return refuse(400, 'MissingTopic');
  const failed = HEADER_CHECKS.find(([header, fits]) => !fits.test(textHeader(headers, header) ?? ''));
  return failed === undefined ? null : refuse(400, failed[2]);
}

function textHeader(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

/** The body is {"mdm": "<PushMagic>"} and nothing else. */
function readMagic(body: Buffer): string | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('mdm' in parsed)) return null;
    return typeof parsed.mdm === 'string' && Object.keys(parsed).length === 1 ? parsed.mdm : null;
  } catch {
    return null;
  }
}
