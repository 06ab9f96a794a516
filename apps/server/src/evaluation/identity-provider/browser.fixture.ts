/** One answer as a browser sees it after following redirects. */
export type Arrival = {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Every address on the way, the last included. */
  readonly way: readonly URL[];
};

/** A browser as far as a sign-in needs one: cookies by name and path, redirects, forms. */
export class Browser {
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();
  readonly #base: URL;

  constructor(base: URL) {
    this.#base = base;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value;
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, { value, path: '/' });
  }

  /** Takes over everything another browser knows. */
  steal(from: Browser, name: string): void {
    const value = from.cookie(name);
    if (value !== undefined) this.setCookie(name, value);
  }

  /** One request, no redirects followed. */
  async request(target: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(target, this.#base);
    const headers = new Headers(init.headers);
    const cookies = [...this.#cookies].filter(([, { path }]) => url.pathname.startsWith(path));
    if (cookies.length > 0)
      headers.set('cookie', cookies.map(([name, { value }]) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const lower = attributes.map((attribute) => attribute.toLowerCase());
    const expired = lower.some((one) => one === 'max-age=0' || one.startsWith('expires=thu, 01 jan 1970'));
    if (expired) this.#cookies.delete(name);
    else
      this.#cookies.set(name, {
        value,
        path: attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/',
      });
  }

  /** Goes there and on, until an answer is no redirect or `stopAt` is the next address. */
  async go(
    target: string | URL,
    init: RequestInit = {},
    stopAt: (next: URL) => boolean = () => false,
  ): Promise<Arrival> {
    const way: URL[] = [];
    let next = new URL(target, this.#base);
    let how = init;
    for (let hops = 0; hops < 15; hops += 1) {
      way.push(next);
      const answer = await this.request(next, how);
      const location = answer.headers.get('location');
      const onward = location === null ? null : new URL(location, next);
      if (onward === null || stopAt(onward)) {
        const url = onward ?? next;
        return { url, status: answer.status, headers: answer.headers, body: await answer.text(), way };
      }
      await answer.body?.cancel();
      next = onward;
      how = {};
    }
    throw new Error('too many redirects');
  }

  /** Fills and sends the only form of a page. */
  async submit(
    page: Arrival,
    fields: Record<string, string>,
    stopAt?: (next: URL) => boolean,
  ): Promise<Arrival> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.body)?.[1];
    if (action === undefined) throw new Error('the page has no form');
    const init: RequestInit = { method: 'POST', body: new URLSearchParams(fields) };
    return await this.go(new URL(action, page.url), init, stopAt);
  }

  /** Signs in through the identity provider's form. */
  async signIn(email: string, target = '/sign-in', password = 'keyhaven'): Promise<Arrival> {
    return await this.submit(await this.go(target), { email, password });
  }
}

/** What `GET /api/v1/me` says to this browser. */
export async function meOf(
  browser: Browser,
): Promise<{ readonly status: number; readonly email?: string; readonly permissions?: readonly string[] }> {
  const answer = await browser.request('/api/v1/me');
  // Safe because the route's schema says so; the assertions look at it.
  const body = (await answer.json()) as { email?: string; permissions?: string[] };
  return { ...body, status: answer.status };
}
