import { isIP } from 'node:net';
import tls from 'node:tls';
import { failureCode } from './failure-code.ts';
import { onAbort } from './on-abort.ts';
import type { Reach } from './reach.ts';

/** What a TLS handshake shows of whoever answers, trusted or not. */
export type Handshake = { readonly asksForClientCertificate: boolean } & (
  | {
      readonly kind: 'shaken';
      /** `TLSv1.2` or `TLSv1.3`. */
      readonly protocol: string;
      /** Why the chain, as it was served, is not trusted here: OpenSSL's code; null where it is. */
      readonly untrusted: string | null;
      /** The certificate of whoever answers, DER. */
      readonly certificate: Buffer;
    }
  | { readonly kind: 'no-handshake'; readonly code: string }
);

/** Shakes hands and hangs up. Node fetches no missing intermediates: a chain that is trusted is complete as served. */
export function shakeHands(
  url: URL,
  roots: tls.SecureContext,
  reach: Omit<Reach, 'trust'>,
): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = tls.connect({ ...tlsTarget(url, reach), secureContext: roots, rejectUnauthorized: false });
    const end = (handshake: Handshake): void => {
      resolve(handshake);
      socket.destroy();
    };
    const fail = (code: string, asksForClientCertificate = false): void =>
      end({ kind: 'no-handshake', code, asksForClientCertificate });
    onAbort(reach.signal, () => fail('ETIMEDOUT'));
    socket.on('error', (error) => fail(failureCode(error), asksForCertificate(socket)));
    socket.on('close', () => fail('ECONNRESET'));
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) return fail('no-certificate');
      return end({
        kind: 'shaken',
        protocol: socket.getProtocol() ?? 'unknown',
        untrusted: untrustedCode(socket),
        asksForClientCertificate: asksForCertificate(socket),
        certificate: certificate.raw,
      });
    });
  });
}

/** Where `url` leads, for tls.connect. */
export function tlsTarget(url: URL, reach: Pick<Reach, 'lookup'>): tls.ConnectionOptions {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? 443 : Number(url.port),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // Whether the name fits is judged apart, so that it hides nothing else.
    checkServerIdentity: () => undefined,
    ...(reach.lookup === undefined ? {} : { lookup: reach.lookup }),
  };
}

/** On the client's side these algorithms come with the server's CertificateRequest, and only with one. */
function asksForCertificate(socket: tls.TLSSocket): boolean {
  // Typed as an array, and null in truth where no connection came about.
  const algorithms: unknown = socket.getSharedSigalgs();
  return Array.isArray(algorithms) && algorithms.length > 0;
}

function untrustedCode(socket: tls.TLSSocket): string | null {
  // Typed as an Error, and a code of OpenSSL's in truth.
  const error: unknown = socket.authorizationError;
  if (socket.authorized) return null;
  return typeof error === 'string' ? error : failureCode(error);
}
