import type { Problem } from '@keyhaven/api-contract/problem';
import { takeAnswerInAdvance } from './answers-in-advance.ts';
import { OfflineError, ProblemError } from './problem-error.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Options = { readonly body?: unknown; readonly signal?: AbortSignal };

const base = '/api/v1';

/** The event on `window` that tells of an answer saying that nobody is signed in. */
export const sessionEnded = 'keyhaven:session-ended';

/**
 * One call of the HTTP API. The caller names the shape, which the server has already filtered by its schema.
 * @throws ProblemError when the server says no, OfflineError when it cannot be reached.
 */
export async function call<Answer>(method: Method, path: string, options: Options = {}): Promise<Answer> {
  const response = (method === 'GET' ? inAdvance(path) : null) ?? (await send(method, path, options));
  if (response.status === 401) window.dispatchEvent(new Event(sessionEnded));
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  const answer: Answer = text === '' ? undefined : JSON.parse(text);
  return answer;
}

function inAdvance(path: string): Response | null {
  const answer = takeAnswerInAdvance(path);
  if (answer === null) return null;
  return Response.json(answer.body, { status: answer.status });
}

async function send(method: Method, path: string, { body, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(base + path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    // The cause is left out: it may hold the request, and the request may hold a key.
    throw new OfflineError('The server could not be reached');
  }
}

async function problemOf(response: Response): Promise<ProblemError> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const problem = await readProblem(response);
  return new ProblemError(problem, Number.isFinite(retryAfter) ? retryAfter : null);
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: 'about:blank',
    code: response.status === 401 ? 'not-signed-in' : 'internal-error',
    title: response.statusText,
    detail: '',
    status: response.status,
  };
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) return fallback;
  try {
    const told: Partial<Problem> = await response.json();
    return { ...fallback, ...told };
  } catch {
    return fallback;
  }
}
