import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `header`, NanoMDM's X-Hmac-Signature, is base64 of the HMAC-SHA256 of exactly these bytes. */
export function isSignedBy(key: string, body: Buffer, header: unknown): boolean {
  if (typeof header !== 'string') return false;
  const said = Buffer.from(header, 'base64');
  const meant = createHmac('sha256', key).update(body).digest();
  return said.length === meant.length && header === said.toString('base64') && timingSafeEqual(said, meant);
}
