import { type Caller, signInAs } from './faults/caller.ts';
import type { World } from './world.ts';

/** Calls the API as this person and gives back the body; `path` without `/api/v1`. Throws for anything but 2xx. */
export type ApiCall = (email: string, method: string, path: string, body?: unknown) => Promise<unknown>;

/** Calls of anybody, who signs in again when the session is over. */
export function apiOf({ url }: World): ApiCall {
  const callers = new Map<string, Caller>();
  return async (email, method, path, body) => {
    for (let again = false; ; again = true) {
      const caller = callers.get(email) ?? (await signInAs(url.origin, email));
      callers.set(email, caller);
      const answer = await caller.call(method, `/api/v1${path}`, body);
      if (answer.status < 300) return answer.body;
      if (again || answer.status !== 401) throw new Error(`${method} ${path} answered ${answer.status}`);
      callers.delete(email);
    }
  };
}
