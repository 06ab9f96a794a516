import { createPrivateKey } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { readCertificate } from './certificate.ts';
import { bareSha1Signer, type Signer, signDetached } from './cms/signed-data.ts';
import type { Habits } from './habits.ts';
import { callHttp } from './http-request.ts';
import type { Enrollment } from './mac-state.ts';
import { type PlistDict, parsePlistDict, writePlist } from './plist.ts';

/** What the server made of a message. */
export type MdmAnswer =
  | { readonly kind: 'taken'; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable' }
  /** 401, or 403 with com.apple.unrecognized.device: the Mac leaves management. */
  | { readonly kind: 'unenroll' };

/** One enrollment's connection to its server. */
export type MdmLine = {
  readonly checkIn: (message: PlistDict) => Promise<MdmAnswer>;
  /** `body`: a property list already written. */
  readonly command: (body: Buffer) => Promise<MdmAnswer>;
  /** Closes the connection; the next message opens another. */
  readonly hangUp: () => void;
};

const CHECK_IN = 'application/x-apple-aspen-mdm-checkin';
const COMMAND = 'application/x-apple-aspen-mdm; charset=UTF-8';

export function openLine(
  enrollment: Enrollment,
  signature: Habits['signature'],
  now: () => Date,
  trust?: string,
): MdmLine {
  const certificate = readCertificate(enrollment.certificate);
  const signer = { certificate, privateKey: createPrivateKey(enrollment.privateKeyPem) };
  const sign = enrollment.signMessage ? messageSigner(signer, signature, now) : null;
  const options = { keepAlive: true, maxSockets: 1 };
  // The identity certificate is offered to every server that asks for one.
  const identity = { key: enrollment.privateKeyPem, cert: pem(enrollment.certificate) };
  const agent = enrollment.serverUrl.startsWith('https:')
    ? new TlsAgent({ ...options, ...identity, ...(trust === undefined ? {} : { ca: trust }) })
    : new Agent(options);
  const put = async (url: string, contentType: string, body: Buffer): Promise<MdmAnswer> => {
    const headers = {
      'Content-Type': contentType,
      'User-Agent': 'MDM-OSX/1.0 mdmclient/1070',
      ...(sign === null ? {} : { 'Mdm-Signature': sign(body).toString('base64') }),
    };
    try {
      return judge(await callHttp(url, { method: 'PUT', headers, body, agent }));
    } catch {
      return { kind: 'unreachable' };
    }
  };
  return {
    checkIn: (message) => put(enrollment.checkInUrl, CHECK_IN, writePlist(message)),
    command: (body) => put(enrollment.serverUrl, COMMAND, body),
    hangUp: () => agent.destroy(),
  };
}

function messageSigner(
  signer: Signer,
  signature: Habits['signature'],
  now: () => Date,
): (body: Buffer) => Buffer {
  if (signature === 'sha256-attributes') return (body) => signDetached(body, signer, now());
  const sign = bareSha1Signer(signer);
  // This signature depends on nothing but the body, and a Mac's Idle is always the same.
  let last: { readonly body: Buffer; readonly signature: Buffer } | null = null;
  return (body) => {
    if (last?.body.equals(body) === true) return last.signature;
    const made = { body, signature: sign(body) };
    if (body.length < SHORT_BODY) last = made;
    return made.signature;
  };
}

const SHORT_BODY = 512;

function judge(answer: { readonly status: number; readonly body: Buffer }): MdmAnswer {
  if (answer.status === 200) return { kind: 'taken', body: answer.body };
  if (answer.status === 401) return { kind: 'unenroll' };
  if (answer.status === 403 && isUnrecognized(answer.body)) return { kind: 'unenroll' };
  return { kind: 'refused', status: answer.status };
}

/** JSON or a property list with the code (macOS 14 and later). */
function isUnrecognized(body: Buffer): boolean {
  try {
    const said: unknown = body[0] === 0x7b ? JSON.parse(body.toString('utf8')) : parsePlistDict(body);
    return (
      typeof said === 'object' &&
      said !== null &&
      'code' in said &&
      said.code === 'com.apple.unrecognized.device'
    );
  } catch {
    return false;
  }
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}
