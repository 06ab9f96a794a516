import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** How the outside sees this server. */
export type OutsideView = {
  readonly publicUrl: URL;
  /** Origin of the identity provider, where a form's answer may lead by redirects; null where it is our own. */
  readonly identityProviderOrigin: string | null;
};

// An API answer, an asset or a profile is never a document of its own.
const noDocumentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

const denied = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];
const permissionsPolicy = [
  ...denied.map((feature) => `${feature}=()`),
  'clipboard-write=(self)',
  'publickey-credentials-get=(self)',
].join(', ');

/** What a browser is to forget at sign-out: the offline pages and everything it kept of this site. */
export const clearSiteData = '"cache", "cookies", "storage"';

/** A value that only this one answer knows; styles inserted at run time carry it. 128 random bits. */
export const newNonce = (): string => randomBytes(16).toString('base64');

/** The content security policy of the web's pages. `nonce` in base64. */
export function pagePolicy(view: OutsideView, nonce: string): string {
  const identityProvider = view.identityProviderOrigin === null ? '' : ` ${view.identityProviderOrigin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    `form-action 'self'${identityProvider}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ...(isHttps(view.publicUrl) ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

const isHttps = (url: URL): boolean => url.protocol === 'https:';

/** The headers of every answer, whatever made it; a route may set its own before (reference: security 5.1). */
export function securityHeaders(view: OutsideView): Readonly<Record<string, string>> {
  return {
    'content-security-policy': noDocumentPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': permissionsPolicy,
    'cache-control': 'no-store',
    ...(isHttps(view.publicUrl)
      ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains; preload' }
      : {}),
  };
}

/** Adds the headers to every answer of the application. Register it before the routes. */
export function addSecurityHeaders(app: FastifyInstance, view: OutsideView): void {
  const headers = Object.entries(securityHeaders(view));
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of headers) {
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
  });
}
