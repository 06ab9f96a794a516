import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from './faults/bench-world.ts';
import { type Caller } from './faults/caller.ts';
import { speakingTo } from './faults/mac-voice.ts';

const nowhere = '00000000-0000-4000-8000-000000000000';
let world: BenchWorld;
let erin: Caller;

beforeAll(async () => {
  world = await startBenchWorld();
  erin = await world.person('employee@example.com');
});
afterAll(() => world.close());

const offer = async (): Promise<{ readonly id: string; readonly profileUrl: string }> =>
  // Safe because the status is looked at first, and 201 has this shape.
  (await erin.call('POST', '/api/v1/enrollments', {})).body as { id: string; profileUrl: string };

describe('an enrollment profile', () => {
  test('is served once, and to nobody but the session that asked for it', async () => {
    const { profileUrl } = await offer();
    const casey = await world.person('colleague@example.com');
    expect((await fetch(new URL(profileUrl, world.origin))).status).toBe(401);
    expect((await casey.request(profileUrl, {})).status).toBe(404);
    const served = await erin.request(profileUrl, {});
    expect(served.status).toBe(200);
    expect(served.headers.get('cache-control')).toBe('no-store');
    expect(served.headers.get('content-type')).toBe('application/x-apple-aspen-config');
    expect((await erin.request(profileUrl, {})).status).toBe(404);
  });

  test('is not served for an enrollment that nobody offered', async () => {
    expect((await erin.request(`/api/v1/enrollments/${nowhere}/profile`, {})).status).toBe(404);
  });

  test('is served no more after an hour', async () => {
    const { profileUrl } = await offer();
    world.clock.move(3_600_001);
    const later = await world.freshPerson('employee@example.com');
    expect((await later.request(profileUrl, {})).status).toBe(404);
    world.clock.move(-3_600_001);
    erin = await world.freshPerson('employee@example.com');
  });

  test('may say whose Mac it is only where IT asks for it', async () => {
    expect(await erin.call('POST', '/api/v1/enrollments', { ownership: 'corporate' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const admin = await world.person('admin@example.com');
    expect((await admin.call('POST', '/api/v1/enrollments', { ownership: 'corporate' })).status).toBe(201);
  });

  test('is offered for nothing but what the shape says', async () => {
    expect(await erin.call('POST', '/api/v1/enrollments', { ownership: 'stolen' })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', field: 'ownership' },
    });
  });
});

describe('SCEP', () => {
  const scep = (id: string, query: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(`/scep/${id}?${query}`, world.origin), init);

  test('says what it can and who signs, as macOS reads it', async () => {
    const { id } = await offer();
    const capabilities = await scep(id, 'operation=GetCACaps');
    expect((await capabilities.text()).split('\n')).toContain('POSTPKIOperation');
    const authority = await scep(id, 'operation=GetCACert&message=anything');
    expect(authority.headers.get('content-type')).toBe('application/x-x509-ca-cert');
  });

  test('knows no other operation and no message that is none', async () => {
    const { id } = await offer();
    expect((await scep(id, 'operation=GetCRL')).status).toBe(400);
    expect((await scep(id, 'operation=PKIOperation&message=!!')).status).toBe(400);
    expect((await scep(id, 'operation=PKIOperation', { method: 'POST', body: 'no message' })).status).toBe(
      400,
    );
  });

  test('is there for offered enrollments alone', async () => {
    expect((await scep(nowhere, 'operation=GetCACert')).status).toBe(404);
    expect((await scep('x', 'operation=PKIOperation', { method: 'POST', body: 'x' })).status).toBe(404);
  });
});

describe('a user of the Mac', () => {
  test('who asks to be managed is told 410: not in this session', async () => {
    const mac = await world.fleet.addMac();
    const { profileUrl } = await offer();
    await mac.enroll(await erin.bytes(profileUrl));
    const voice = speakingTo(world.origin)(mac);
    const answer = await voice.say({
      MessageType: 'UserAuthenticate',
      UDID: voice.udid,
      UserID: '11111111-1111-4111-8111-111111111111',
    });
    expect(answer.status).toBe(410);
  });
});
