import { createSecureContext } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../main.ts';
import { type DoctorWorld, host, makeDoctorWorld } from './doctor/doctor-world.fixture.ts';
import { startTlsFront } from './doctor/tls-front.fixture.ts';

let world: DoctorWorld;
let server: Server;
beforeAll(async () => {
  world = await makeDoctorWorld();
  server = await world.start();
});
afterEach(() => {
  world.front.serve(world.authority.issue(host));
  world.front.behind = server.port;
  world.front.instead = null;
});
afterAll(async () => {
  await server.stop();
  await world.close();
});

describe('of the addresses it finds', () => {
  it.each<[string, () => void, RegExp]>([
    [
      'an ended certificate',
      () => world.front.serve(world.authority.issue(host, { days: -1 })),
      /✗ tls .*ended on/,
    ],
    [
      'a missing intermediate',
      () => world.front.serve(world.authority.issue(host, { alone: true })),
      /✗ tls .*an intermediate is missing/,
    ],
    [
      'a certificate by itself',
      () => world.front.serve(world.authority.selfSigned(host)),
      /✗ tls .*signed by itself/,
    ],
    [
      'a certificate for another name',
      () => world.front.serve(world.authority.issue('other.example.test')),
      /✗ tls .*for another name/,
    ],
    [
      'somebody else',
      () => {
        world.front.instead = (response) => response.end('hello');
      },
      /✗ address .*somebody else answers/,
    ],
    [
      'another Keyhaven',
      () => {
        world.front.instead = (response) => response.setHeader('keyhaven-installation', 'x').end('ok\n');
      },
      /✗ address .*another installation of Keyhaven/,
    ],
  ])('%s', async (_what, spoil, line) => {
    spoil();
    const { code, text } = await world.doctor();
    expect(text).toMatch(line);
    expect(code).toBe(1);
  });

  it('a redirect, and warns', async () => {
    world.front.instead = (response) => response.writeHead(301, { location: 'https://elsewhere.test' }).end();
    const { code, text } = await world.doctor();
    expect(text).toMatch(/! address .*redirects/);
    expect(code).toBe(0);
  });

  it('a private authority, and warns', async () => {
    const allRoots = createSecureContext({ ca: [world.authority.root] });
    const { code, text } = await world.doctor(
      [],
      {},
      { trust: { allRoots, serverRoots: allRoots, publicRoots: createSecureContext({ ca: [] }) } },
    );
    expect(text).toMatch(/! tls .*private authority/);
    expect(code).toBe(0);
  });

  it('an authority of one’s own, which Macs are given, and that is fine', async () => {
    const allRoots = createSecureContext({ ca: [] });
    const trust = { allRoots, serverRoots: allRoots, publicRoots: allRoots };
    const given = await world.doctor([], { KEYHAVEN_TLS_ROOT: world.authority.root }, { trust });
    expect(given.text).toMatch(/✓ tls .*Macs get its root when they enroll/);
    expect(given.code).toBe(0);
    expect((await world.doctor([], {}, { trust })).text).toMatch(/✗ tls .*its root is not known here/);
  });

  it('a SCEP listener that asks for client certificates', async () => {
    const asking = await startTlsFront(world.authority.issue('scep.example.test'), true);
    asking.behind = server.port;
    const scep = { KEYHAVEN_SCEP_URL: `https://scep.example.test:${asking.port}` };
    const { code, text } = await world.doctor([], scep);
    await asking.close();
    expect(text).toMatch(/✗ address +https:\/\/scep\.example\.test:\d+ asks for a client certificate/);
    expect(text).toMatch(/✓ tls +scep\.example\.test has a complete chain/);
    expect(code).toBe(1);
  });

  it('a listener for Macs that asks for certificates, and that is as it should be', async () => {
    const asking = await startTlsFront(world.authority.issue('mdm.example.test'), true);
    asking.instead = (response) => response.writeHead(400).end();
    const { code, text } = await world.doctor([], {
      KEYHAVEN_DEVICE_URL: `https://mdm.example.test:${asking.port}`,
      KEYHAVEN_SCEP_URL: `https://${host}:${world.front.port}`,
    });
    await asking.close();
    expect(text).toMatch(/✓ address .*mdm\.example\.test:\d+ wants a client certificate, as it may/);
    expect(text).toMatch(/✓ address .*leads here, for people, SCEP/);
    expect(code).toBe(0);
  });

  it('a name of the Macs’ own that hands on /mdm and nothing else, and knows it', async () => {
    const narrow = await startTlsFront(world.authority.issue('mdm.example.test'), true);
    narrow.behind = server.port;
    narrow.onlyPath = '/mdm';
    const settings = {
      KEYHAVEN_DEVICE_URL: `https://mdm.example.test:${narrow.port}`,
      KEYHAVEN_SCEP_URL: `https://${host}:${world.front.port}`,
    };
    const { code, text } = await world.doctor([], settings);
    await narrow.close();
    expect(text).toMatch(/✓ address .*mdm\.example\.test:\d+ leads here, for Macs/);
    expect(code).toBe(0);
  });

  it('a proxy that waits for a server which does not run, and warns', async () => {
    world.front.behind = null;
    const elsewhere = { KEYHAVEN_PORT: '1' };
    const { code, text } = await world.doctor([], elsewhere);
    expect(text).toMatch(/! address .*a proxy answers .* with nothing behind it/);
    expect(code).toBe(0);
    expect((await world.doctor()).text).toMatch(/✗ address .*somebody else answers .*502/);
  });
});
