import { type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Told = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The JSON; null when the answer has none. */
  readonly body: unknown;
};

const longestBody = 64 * 1024;

/**
 * One call over real HTTP, the path as it stands. A body that is too large is announced only: the answer comes before
 * anybody would send it.
 */
export async function httpCall(
  origin: string,
  call: {
    readonly method: Method;
    readonly path: string;
    readonly token: string | null;
    /** JSON to be, or text as it stands. */
    readonly body?: unknown;
    readonly rawBody?: string;
  },
): Promise<Told> {
  const { hostname, port } = new URL(origin);
  const payload = call.rawBody ?? (call.body === undefined ? null : JSON.stringify(call.body));
  const headers = {
    ...(call.token === null ? {} : { cookie: `keyhaven=${call.token}` }),
    ...(payload === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
  };
  const asked = request({ hostname, port, method: call.method, path: call.path, headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).on('error', reject);
  });
  if (payload === null) asked.end();
  else if (payload.length > longestBody) asked.flushHeaders();
  else asked.end(payload);
  const answer = await answered;
  const text = await textOf(answer);
  asked.destroy();
  const isJson = text !== '' && (answer.headers['content-type'] ?? '').includes('json');
  const body: unknown = isJson ? JSON.parse(text) : null;
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, body };
}
