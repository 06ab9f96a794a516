/** What the API answered. `status` 0: the connection broke, and nobody knows what became of it. */
export type ApiAnswer = { readonly status: number; readonly body: unknown; readonly headers: Headers };

/** A person at a browser without a page: cookies, redirects, and JSON. */
export type Caller = {
  readonly call: (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;
  readonly bytes: (path: string) => Promise<Buffer>;
  /** Any request with this person's cookies. */
  readonly request: (path: string, init: RequestInit) => Promise<Response>;
};

const mostRedirects = 15;

/** Signs in through the plain form; every sign-in is a fresh one. Throws when it does not lead back. */
export async function signInAs(origin: string, email: string): Promise<Caller> {
  const jar = new Map<string, string>();
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(new URL(path, origin), { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const follow = async (path: string, init: RequestInit = {}): Promise<Response> => {
    let response = await request(path, init);
    for (let count = 0; response.status >= 300 && response.status < 400; count += 1) {
      if (count === mostRedirects) throw new Error('the sign-in goes in circles');
      await response.arrayBuffer();
      response = await request(new URL(response.headers.get('location') ?? '/', response.url).href);
    }
    return response;
  };
  const form = await follow('/sign-in?return=%2Fapi%2Fv1%2Fme');
  const done = await follow(form.url, {
    method: 'POST',
    body: new URLSearchParams({ email, password: 'keyhaven' }),
  });
  if (!done.ok || new URL(done.url).pathname !== '/api/v1/me') {
    throw new Error(`the sign-in of ${email} ended with ${done.status}`);
  }
  await done.arrayBuffer();
  return {
    request,
    call: async (method, path, body) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      try {
        const response = await request(path, {
          method,
          headers: { origin, ...json },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, body: parsed(text), headers: response.headers };
      } catch {
        return { status: 0, body: null, headers: new Headers() };
      }
    },
    bytes: async (path) => {
      const response = await request(path);
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
