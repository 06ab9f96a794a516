import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeAuthority } from './certificates.fixture.ts';
import { machineTrust } from './roots.ts';
import { type Handshake, shakeHands } from './shake-hands.ts';
import { loopbackLookup } from './tls-front.fixture.ts';

const host = 'keys.example.test';
const authority = makeAuthority();
const served = authority.issue(host);
const { allRoots, publicRoots } = machineTrust([authority.root]);
let server: Server | null = null;
afterEach(() => void server?.close());
afterAll(() => authority.remove());

async function shakeWith(listener: Server, roots = allRoots): Promise<Handshake> {
  server = listener;
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  // Safe because a server that listens on a port has this kind of address.
  const { port } = listener.address() as AddressInfo;
  const reach = { lookup: loopbackLookup, signal: AbortSignal.timeout(5000) };
  return shakeHands(new URL(`https://${host}:${port}`), roots, reach);
}

const tlsServer = (options: tls.TlsOptions): Server =>
  tls.createServer({ ...served, rejectUnauthorized: false, ...options }, (socket) =>
    socket.on('error', () => {}),
  );

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a handshake in %s', (maxVersion) => {
  it.each([true, false])('tells whether a client certificate is asked for: %s', async (requestCert) => {
    expect(await shakeWith(tlsServer({ maxVersion, requestCert }))).toMatchObject({
      kind: 'shaken',
      protocol: maxVersion,
      untrusted: null,
      asksForClientCertificate: requestCert,
    });
  });

  it('with who takes nobody without a certificate still tells', async () => {
    const strict = tlsServer({ maxVersion, requestCert: true, rejectUnauthorized: true });
    strict.on('tlsClientError', () => {});
    expect(await shakeWith(strict)).toMatchObject({ asksForClientCertificate: true });
  });

  it('with a chain that is not trusted says why', async () => {
    expect(await shakeWith(tlsServer({ maxVersion }), publicRoots)).toMatchObject({
      untrusted: expect.stringMatching(/^(?:UNABLE_TO_|SELF_SIGNED_)/),
    });
  });
});

it('whoever offers no TLS 1.2 is refused, with a code for it', async () => {
  const old = tlsServer({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
  old.on('tlsClientError', () => {});
  expect(await shakeWith(old)).toMatchObject({
    kind: 'no-handshake',
    code: expect.stringMatching(/UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION/),
  });
});

it('where nobody listens there is no handshake, by its code', async () => {
  const reach = { signal: AbortSignal.timeout(5000) };
  expect(await shakeHands(new URL('https://127.0.0.1:1'), allRoots, reach)).toEqual({
    kind: 'no-handshake',
    code: 'ECONNREFUSED',
    asksForClientCertificate: false,
  });
});

it('whoever speaks plain HTTP is told from TLS', async () => {
  expect(await shakeWith(http.createServer())).toMatchObject({
    kind: 'no-handshake',
    code: expect.stringMatching(/^(?:EPROTO|ERR_SSL_)/),
  });
});
