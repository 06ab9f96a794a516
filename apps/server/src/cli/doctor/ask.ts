import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { failureCode } from './failure-code.ts';
import type { Reach } from './reach.ts';
import { tlsTarget } from './shake-hands.ts';

/** An answer over HTTP, redirects not followed, or the code of what stood in the way. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      /** At most 512 KiB of it. */
      readonly body: string;
    }
  | { readonly kind: 'no-answer'; readonly code: string };

export type Question = {
  readonly url: URL;
  /** Sent by POST, as a form, where given. */
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes the answer of whoever is there. Nothing that matters may be sent or believed then. */
  readonly anyCertificate?: boolean;
};

const longestBody = 512 * 1024;

/** Asks once, on a connection of its own. Certificates must be such as the server trusts, unless any will do. */
export function ask(question: Question, reach: Reach): Promise<Answer> {
  const { url, form, headers = {} } = question;
  const body = form?.toString();
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers:
      body === undefined ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    signal: reach.signal,
    ...(reach.lookup === undefined ? {} : { lookup: reach.lookup }),
  };
  return new Promise((resolve) => {
    const fail = (error: unknown): void => resolve({ kind: 'no-answer', code: failureCode(error) });
    const hear = (answer: http.IncomingMessage): void => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('error', fail);
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > longestBody) answer.destroy();
      });
      answer.on('close', () =>
        resolve({ kind: 'answer', status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    };
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, createConnection: () => connectTls(question, reach) }, hear)
        : http.request(url, { ...options, agent: false }, hear);
    request.on('error', fail);
    request.end(body);
  });
}

const connectTls = ({ url, anyCertificate = false }: Question, reach: Reach): tls.TLSSocket =>
  tls.connect({
    ...tlsTarget(url, reach),
    secureContext: reach.trust.serverRoots,
    ...(anyCertificate
      ? { rejectUnauthorized: false }
      : { checkServerIdentity: (host, certificate) => tls.checkServerIdentity(host, certificate) }),
  });
