import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { Device, DeviceList } from '@keyhaven/api-contract/device';
import type { CreatedEnrollment, EnrollmentProgress } from '@keyhaven/api-contract/enrollment';

/** A signed-in owner of Macs, who calls the API as the portal does but waits for nothing. */
export type Owner = {
  /** What a browser would send: `name=value` pairs with semicolons. */
  readonly cookies: string;
  readonly enrollmentProfile: () => Promise<Buffer>;
  readonly enrollment: () => Promise<{ readonly id: string; readonly profile: Buffer }>;
  /** The Mac that has enrolled with it. Throws when none has. */
  readonly deviceOf: (enrollment: string) => Promise<string>;
  readonly device: (id: string) => Promise<Device>;
  readonly macs: () => Promise<readonly Device[]>;
  readonly store: (device: string, recoveryKey: string) => Promise<Attempt>;
  readonly rotate: (device: string) => Promise<Attempt>;
  readonly attempt: (device: string, attempt: string) => Promise<Attempt>;
};

/** Signs in at the evaluation's form. Throws when that does not lead back, or a call is refused. */
export async function signInOwner(server: URL, email: string): Promise<Owner> {
  const jar = new Map<string, string>();
  const cookies = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const request = async (url: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('cookie', cookies());
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/su);
      jar.set(name, value);
    }
    return response;
  };
  const follow = async (url: URL, init: RequestInit = {}): Promise<URL> => {
    const response = await request(url, init);
    await response.arrayBuffer();
    const location = response.headers.get('location');
    return location === null ? url : follow(new URL(location, url));
  };
  const form = await follow(new URL('/sign-in', server));
  await follow(form, { method: 'POST', body: new URLSearchParams({ email, password: 'keyhaven' }) });

  const call = async (method: string, path: string, body?: object): Promise<Response> => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await request(new URL(path, server), {
      method,
      headers: { origin: server.origin, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw new Error(`${method} answered ${response.status}: ${await response.text()}`);
  };
  // Safe because the server answers each of these calls in the shape of the contract, or not with 2xx.
  const answer = async <Shape>(method: string, path: string, body?: object): Promise<Shape> =>
    (await (await call(method, path, body)).json()) as Shape;
  const device = (id: string): string => `/api/v1/devices/${id}`;
  const enrollment: Owner['enrollment'] = async () => {
    const { id, profileUrl } = await answer<CreatedEnrollment>('POST', '/api/v1/enrollments', {});
    return { id, profile: Buffer.from(await (await call('GET', profileUrl)).arrayBuffer()) };
  };
  return {
    cookies: cookies(),
    enrollmentProfile: async () => (await enrollment()).profile,
    enrollment,
    deviceOf: async (id) => {
      const { deviceId } = await answer<EnrollmentProgress>('GET', `/api/v1/enrollments/${id}`);
      if (deviceId === null) throw new Error('no Mac has enrolled');
      return deviceId;
    },
    device: (id) => answer('GET', device(id)),
    macs: async () => (await answer<DeviceList>('GET', '/api/v1/devices?limit=200')).items,
    store: (id, recoveryKey) =>
      answer('PUT', `${device(id)}/recovery-key`, { recoveryKey, confirmation: recoveryKey }),
    rotate: (id) => answer('POST', `${device(id)}/recovery-key/rotate`, {}),
    attempt: (id, attempt) => answer('GET', `${device(id)}/attempts/${attempt}`),
  };
}
