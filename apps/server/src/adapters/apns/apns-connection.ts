import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { SecureContext } from 'node:tls';
import { goawayReason } from './apns-answer.ts';

export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  /** Apple has not looked at it: it may be sent again. */
  | { readonly kind: 'not-processed' }
  /** There never was a connection. */
  | { readonly kind: 'no-connection' }
  /** The connection broke or hung, and nobody knows. */
  | { readonly kind: 'no-answer' };

/** One HTTP/2 connection. It is used until it is not usable any more, and then another is opened. */
export type ApnsConnection = {
  readonly isUsable: () => boolean;
  readonly exchange: (headers: OutgoingHttpHeaders, body: string) => Promise<Exchange>;
  /** Begins nothing more; resolves once what is under way has ended. */
  readonly close: () => Promise<void>;
};

export type Timing = {
  /** For TCP, TLS and the first SETTINGS. */
  readonly connectMs: number;
  /** For one answer. */
  readonly answerMs: number;
  readonly pingEveryMs: number;
  /** For the answer to a ping. */
  readonly pongMs: number;
};

export type ConnectionOptions = {
  readonly url: string;
  /** Absent: HTTP/2 without TLS, for a stand-in on this machine. */
  readonly secureContext?: SecureContext;
  readonly timing: Timing;
  /** `certificate` when the peer refused ours; else a word for the log. */
  readonly onBroken: (why: string) => void;
};

type Turn = 'begin' | 'ended' | 'late';

const longestAnswer = 4096;
/** Even where the peer would take more. */
const mostStreams = 500;

/** Opens a connection. Requests wait for the peer's first SETTINGS, and for a free stream after that. */
export function openConnection(options: ConnectionOptions): ApnsConnection {
  const { timing, secureContext } = options;
  const session = connect(options.url, secureContext === undefined ? {} : { secureContext });
  const state = { ready: false, ended: false, broken: false, lastStream: Number.POSITIVE_INFINITY };
  const waiting = new Set<(turn: Turn) => void>();
  let streams = 0;

  const limit = (): number =>
    Math.min(session.remoteSettings.maxConcurrentStreams ?? mostStreams, mostStreams);
  const letIn = (): void => {
    while (state.ready && !state.ended && streams < limit()) {
      const [begin] = waiting;
      if (begin === undefined) return;
      streams += 1;
      begin('begin');
    }
  };
  const end = (): void => {
    state.ended = true;
    clearTimeout(connecting);
    clearInterval(pinging);
    for (const begin of waiting) begin('ended');
  };
  /** A free stream. One that does not come free in the time of an answer is not worth more waiting. */
  const turn = (): Promise<Turn> =>
    new Promise((resolve) => {
      const settle = (next: Turn): void => {
        clearTimeout(late);
        waiting.delete(settle);
        resolve(next);
      };
      const late = setTimeout(() => settle('late'), timing.connectMs + timing.answerMs);
      waiting.add(settle);
      if (state.ended) settle('ended');
      letIn();
    });
  const breakOff = (why: string): void => {
    if (!state.broken && !state.ended) options.onBroken(why);
    state.broken = true;
    end();
    session.destroy();
  };

  const connecting = setTimeout(() => breakOff('connect-timeout'), timing.connectMs);
  const pinging = setInterval(() => ping(session, timing.pongMs, breakOff), timing.pingEveryMs);
  pinging.unref();
  session.on('remoteSettings', () => {
    state.ready = true;
    clearTimeout(connecting);
    letIn();
  });
  session.on('error', (error) => breakOff(whyBroken(error)));
  session.on('goaway', (_code, lastStream, data) => {
    state.lastStream = lastStream;
    const reason = goawayReason(data);
    if (!state.ended) options.onBroken(reason === '' ? 'goaway' : `goaway ${reason}`);
    end();
  });
  session.on('close', end);
  session.unref();

  return {
    isUsable: () => !state.ended && !session.closed && !session.destroyed,
    exchange: async (headers, body) => {
      const next = await turn();
      if (next === 'late') return { kind: 'no-answer' };
      if (next === 'ended') return { kind: state.ready ? 'not-processed' : 'no-connection' };
      // A service that owes an answer may have gone without a word.
      const onLate = (): void => ping(session, timing.pongMs, breakOff);
      try {
        return await converse(session, headers, body, { state, answerMs: timing.answerMs, onLate });
      } finally {
        streams -= 1;
        letIn();
      }
    },
    close: async () => {
      end();
      if (session.destroyed) return;
      // Not the callback of close(): one that is closing already, after a GOAWAY, never calls it.
      await new Promise<void>((resolve) => {
        session.once('close', resolve);
        session.close();
      });
    },
  };
}

function ping(session: ClientHttp2Session, pongMs: number, breakOff: (why: string) => void): void {
  if (session.connecting || session.destroyed) return;
  const late = setTimeout(() => breakOff('no-pong'), pongMs);
  late.unref();
  session.ping((error) => {
    clearTimeout(late);
    if (error !== null) breakOff('no-pong');
  });
}

/** One request and its answer. It ends in one of three ways, and never throws. */
function converse(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: string,
  limits: {
    readonly state: { readonly lastStream: number };
    readonly answerMs: number;
    readonly onLate: () => void;
  },
): Promise<Exchange> {
  return new Promise((resolve) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(headers);
    } catch {
      resolve({ kind: 'not-processed' });
      return;
    }
    let status = 0;
    let text = '';
    let whole = false;
    const late = setTimeout(() => {
      stream.close(constants.NGHTTP2_CANCEL);
      limits.onLate();
    }, limits.answerMs);
    stream.setEncoding('utf8');
    stream.on('response', (answer) => {
      status = Number(answer[constants.HTTP2_HEADER_STATUS]);
    });
    stream.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, longestAnswer);
    });
    stream.on('end', () => {
      whole = true;
    });
    // What went wrong is told by `close`.
    stream.on('error', () => undefined);
    stream.on('close', () => {
      clearTimeout(late);
      // A GOAWAY that ended this stream is reported right after it.
      setImmediate(() => {
        const unseen = stream.id === undefined || stream.id > limits.state.lastStream;
        const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
        if (status !== 0 && whole) resolve({ kind: 'answered', status, text });
        else resolve({ kind: status === 0 && (refused || unseen) ? 'not-processed' : 'no-answer' });
      });
    });
    stream.end(body);
  });
}

/** A word for the log, out of the error's code; never its text. `certificate`: the peer refused ours in TLS. */
export function whyBroken(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return /_ALERT_.*(?:CERTIFICATE|UNKNOWN_CA)/.test(code) ? 'certificate' : 'connection';
}
