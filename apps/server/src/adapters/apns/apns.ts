import { type ClientHttp2Session, connect, constants, type SecureClientSessionOptions } from 'node:http2';
import type { Clock } from '../../kernel/clock.ts';
import type { Push, PushOutcome, PushRequest } from '../../modules/commands/transport.port.ts';

export type ApnsOptions = {
  /** `https://api.push.apple.com`, or a stand-in; http only for loopback. */
  readonly url: string;
  /** The push certificate and its key, PEM. Apple asks for them; a stand-in need not. */
  readonly tls?: Pick<SecureClientSessionOptions, 'cert' | 'key' | 'ca'>;
  readonly clock: Clock;
  readonly onFault: (why: string) => void;
};

const timeoutMs = 10_000;
const keptSeconds = 7 * 24 * 3600;
const longestAnswer = 4096;

/** Pushes over APNs' HTTP/2 protocol on one long-lived connection (reference/apple-mdm.md 6). */
export function apnsPush(options: ApnsOptions): Push & { readonly close: () => Promise<void> } {
  let session: ClientHttp2Session | null = null;

  function open(): ClientHttp2Session {
    if (session !== null && !session.closed && !session.destroyed) return session;
    const next = connect(options.url, options.tls ?? {});
    next.on('error', () => options.onFault('connection'));
    // GOAWAY and close: the next push opens another.
    next.on('goaway', () => next.close());
    next.on('close', () => {
      if (session === next) session = null;
    });
    next.setTimeout(5 * 60_000, () => next.close());
    next.unref();
    session = next;
    return next;
  }

  return {
    send: async (request) => {
      try {
        const { status, reason } = await exchange(open(), request, options.clock.now());
        const outcome = outcomeOf(status, reason);
        if (outcome !== 'sent') options.onFault(`${status} ${reason}`);
        return outcome;
      } catch {
        // The connection broke before an answer; the timer sends the push again.
        options.onFault('no-answer');
        return 'not-sent';
      }
    },
    close: async () => {
      const last = session;
      session = null;
      if (last === null || last.destroyed) return;
      // Not the callback of close(): one that is closing already, after a GOAWAY, never calls it.
      await new Promise<void>((resolve) => {
        last.once('close', resolve);
        last.close();
      });
    },
  };
}

type ApnsAnswer = { readonly status: number; readonly reason: string };

function exchange(session: ClientHttp2Session, request: PushRequest, now: Date): Promise<ApnsAnswer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: `/3/device/${request.token.toString('hex')}`,
      'apns-topic': request.topic,
      'apns-push-type': 'mdm',
      'apns-priority': '10',
      'apns-expiration': String(Math.floor(now.getTime() / 1000) + keptSeconds),
    });
    let status = 0;
    let text = '';
    stream.setTimeout(timeoutMs, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.setEncoding('utf8');
    stream.on('response', (headers) => {
      status = Number(headers[constants.HTTP2_HEADER_STATUS]);
    });
    stream.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, longestAnswer);
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (status === 0) reject(new Error('no answer'));
      else resolve({ status, reason: reasonOf(text) });
    });
    stream.end(JSON.stringify({ mdm: request.magic }));
  });
}

function reasonOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null && 'reason' in answer) {
      return String(answer.reason)
        .replaceAll(/[^A-Za-z]/g, '')
        .slice(0, 60);
    }
  } catch {
    // Not JSON: there is no reason then.
  }
  return '';
}

const badToken = new Set(['BadDeviceToken', 'Unregistered', 'ExpiredToken', 'DeviceTokenNotForTopic']);

function outcomeOf(status: number, reason: string): PushOutcome {
  if (status === 200) return 'sent';
  return status === 410 || badToken.has(reason) ? 'token-refused' : 'not-sent';
}
