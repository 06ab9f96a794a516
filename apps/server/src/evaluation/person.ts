import { setTimeout as pause } from 'node:timers/promises';
import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { Device, DeviceList } from '@keyhaven/api-contract/device';
import type { CreatedEnrollment } from '@keyhaven/api-contract/enrollment';

/** A person of the evaluation, who uses the product over HTTP as any other would. */
export type Person = {
  readonly myMacs: () => Promise<readonly Device[]>;
  readonly device: (id: string) => Promise<Device>;
  /** A signed enrollment profile for a Mac of theirs. */
  readonly enrollmentProfile: () => Promise<Buffer>;
  readonly makeCorporate: (id: string) => Promise<void>;
  /** Stores the key and waits for the end of the attempt. */
  readonly store: (id: string, recoveryKey: string) => Promise<Attempt>;
  /** Any other call of the API; answers its JSON. Throws when it is refused. */
  readonly call: (method: string, path: string, body?: object) => Promise<unknown>;
  /** Has the Mac make a new key, and waits for the end of the attempt. */
  readonly rotate: (id: string) => Promise<Attempt>;
};

const mostRedirects = 15;

/** Signs in through the plain form. Throws when that does not lead back. */
export async function signIn(server: URL, email: string, password: string): Promise<Person> {
  const browser = newBrowser(server);
  const form = await browser.follow(new URL('/sign-in', server));
  const answers = new URLSearchParams({ email, password });
  await browser.follow(new URL(form.url), { method: 'POST', body: answers });

  const call = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await browser.request(new URL(path, server), {
      method,
      headers: {
        origin: server.origin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return response;
  };
  // Safe because the server answers these calls in the shapes of the contract, or not with 2xx.
  const read = async <Shape>(path: string): Promise<Shape> =>
    (await (await call('GET', path)).json()) as Shape;
  const end = async (id: string, response: Response): Promise<Attempt> => {
    // Safe as above.
    let attempt = (await response.json()) as Attempt;
    while (attempt.state !== 'saved' && attempt.state !== 'failed') {
      await pause(100);
      attempt = await read<Attempt>(`/api/v1/devices/${id}/attempts/${attempt.id}`);
    }
    return attempt;
  };
  return {
    call: async (method, path, body) => (await call(method, path, body)).json(),
    myMacs: async () => (await read<DeviceList>('/api/v1/devices?limit=200')).items,
    device: (id) => read<Device>(`/api/v1/devices/${id}`),
    enrollmentProfile: async () => {
      const offered = await call('POST', '/api/v1/enrollments', {});
      // Safe as above.
      const { profileUrl } = (await offered.json()) as CreatedEnrollment;
      return Buffer.from(await (await call('GET', profileUrl)).arrayBuffer());
    },
    makeCorporate: async (id) => {
      await call('PATCH', `/api/v1/devices/${id}`, { ownership: 'corporate' });
    },
    store: async (id, recoveryKey) => {
      const typed = { recoveryKey, confirmation: recoveryKey };
      return end(id, await call('PUT', `/api/v1/devices/${id}/recovery-key`, typed));
    },
    rotate: async (id) => end(id, await call('POST', `/api/v1/devices/${id}/recovery-key/rotate`, {})),
  };
}

type Browser = {
  readonly request: (url: URL, init?: RequestInit) => Promise<Response>;
  readonly follow: (url: URL, init?: RequestInit) => Promise<Response>;
};

/** As much of a browser as a sign-in needs: cookies of one site, and redirects. */
function newBrowser(site: URL): Browser {
  const jar = new Map<string, string>();
  const request = async (url: URL, init: RequestInit = {}): Promise<Response> => {
    if (url.origin !== site.origin) throw new Error('the sign-in led to another site');
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const follow = async (url: URL, init: RequestInit = {}): Promise<Response> => {
    let response = await request(url, init);
    for (let count = 0; response.status >= 300 && response.status < 400; count += 1) {
      if (count === mostRedirects) throw new Error('the sign-in goes in circles');
      await response.arrayBuffer();
      response = await request(new URL(response.headers.get('location') ?? '/', response.url));
    }
    return response;
  };
  return { request, follow };
}
