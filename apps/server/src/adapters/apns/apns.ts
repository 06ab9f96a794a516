import { constants, type OutgoingHttpHeaders } from 'node:http2';
import { type Clock, hours, minutes } from '../../kernel/clock.ts';
import type { Push, PushOutcome, PushRequest } from '../../modules/commands/transport.port.ts';
import type { PushIdentity } from '../../vault/push-identity.ts';
import { later, outcomeOf, readAnswer } from './apns-answer.ts';
import { type ApnsConnection, openConnection, type Timing } from './apns-connection.ts';

export type ApnsOptions = {
  /** `https://api.push.apple.com`, or a stand-in; http only for loopback, and without a certificate. */
  readonly url: string;
  /** The push certificate in use, asked before each push; null: there is none, and over https nothing is sent. */
  readonly identity: () => Promise<PushIdentity | null>;
  readonly clock: Clock;
  /** A word for the log. `ours`: our certificate or our request is refused, whatever the Mac. */
  readonly onFault: (why: string, ours: boolean) => void;
  /** Certificate authorities (PEM) in the place of this machine's. */
  readonly ca?: string;
  readonly timing?: Partial<Timing>;
};

export type ApnsPush = Push & {
  /** Why Apple last refused our pushes altogether, in Apple's word; null once it takes them. */
  readonly refusedBecause: () => string | null;
  readonly close: () => Promise<void>;
};

const timing: Timing = { connectMs: 10_000, answerMs: 10_000, pingEveryMs: 60_000, pongMs: 10_000 };
const keptSeconds = 7 * 24 * 3600;
/** A push that Apple has not looked at is sent again at once, on a new connection, but not for ever. */
const mostTries = 3;

/** Pushes over APNs' HTTP/2 protocol, on one long-lived connection a certificate (reference/apple-mdm.md 6). */
export function apnsPush(options: ApnsOptions): ApnsPush {
  const { clock } = options;
  const isTls = options.url.startsWith('https:');
  let current: { readonly connection: ApnsConnection; readonly identity: string | null } | null = null;
  const closing = new Set<Promise<void>>();
  let refused: string | null = null;
  let failures = 0;

  function fault(why: string, ours: boolean): void {
    if (ours) refused = why;
    options.onFault(why, ours);
  }

  function retire(connection: ApnsConnection): void {
    const closed = connection.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  /** The connection of this certificate: the one that is open, or a new one in its place. */
  function connectionFor(identity: PushIdentity | null): ApnsConnection {
    const id = identity?.id ?? null;
    if (current !== null && current.identity === id && current.connection.isUsable())
      return current.connection;
    if (current !== null) retire(current.connection);
    if (current?.identity !== id) refused = null;
    const connection = openConnection({
      url: options.url,
      ...(identity === null || !isTls ? {} : { secureContext: identity.secureContext(options.ca) }),
      timing: { ...timing, ...options.timing },
      onBroken: (why) => fault(why, why === 'certificate'),
    });
    current = { connection, identity: id };
    return connection;
  }

  async function push(request: PushRequest): Promise<PushOutcome> {
    const identity = await options.identity();
    if (isTls && identity === null) {
      fault('no-certificate', false);
      return later(minutes(15));
    }
    if (identity !== null && identity.topic !== request.topic) {
      fault('topic-of-another-certificate', false);
      return later(hours(1));
    }
    for (let tries = 0; tries < mostTries; tries += 1) {
      const connection = connectionFor(identity);
      const headers = headersOf(request, clock.now());
      const exchange = await connection.exchange(headers, JSON.stringify({ mdm: request.magic }));
      if (exchange.kind === 'answered') return settle(exchange.status, exchange.text);
      if (exchange.kind !== 'not-processed') break;
    }
    if (refused === 'certificate') return later(minutes(15));
    options.onFault('no-answer', false);
    return 'not-sent';
  }

  function settle(status: number, text: string): PushOutcome {
    const answer = readAnswer(status, text);
    failures = status >= 500 ? failures + 1 : 0;
    const { outcome, fault: whose } = outcomeOf(answer, failures);
    if (whose === 'none' || whose === 'mac') refused = null;
    if (whose !== 'none') fault(`${status} ${answer.reason}`.trim(), whose === 'ours');
    return outcome;
  }

  return {
    send: async (request) => {
      try {
        return await push(request);
      } catch {
        // The certificate could not be looked up or opened; the timer sends the push again.
        options.onFault('certificate-unreadable', false);
        return 'not-sent';
      }
    },
    refusedBecause: () => refused,
    close: async () => {
      if (current !== null) retire(current.connection);
      current = null;
      await Promise.all(closing);
    },
  };
}

const headersOf = (request: PushRequest, now: Date): OutgoingHttpHeaders => ({
  [constants.HTTP2_HEADER_METHOD]: 'POST',
  [constants.HTTP2_HEADER_PATH]: `/3/device/${request.token.toString('hex')}`,
  'apns-topic': request.topic,
  'apns-push-type': 'mdm',
  'apns-priority': '10',
  'apns-expiration': String(Math.floor(now.getTime() / 1000) + keptSeconds),
});
