import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Agent, request } from 'node:http';
import { readCertificate } from '@keyhaven/mac/certificate';
import { bareSha1Signer } from '@keyhaven/mac/cms/signed-data';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { type PlistDict, writePlist } from '@keyhaven/mac/plist';

const commandType = 'application/x-apple-aspen-mdm; charset=UTF-8';
const checkInType = 'application/x-apple-aspen-mdm-checkin';

export type VoiceAnswer = { readonly status: number; readonly body: Buffer };

/** Speaks at `PUT /mdm` with an identity, but says whatever it is given. */
export type MacVoice = {
  readonly udid: string;
  readonly sign: (body: Buffer) => string;
  /** Signed over these bytes, unless another signature is given; null: none. */
  readonly put: (body: Buffer, signature?: string | null) => Promise<VoiceAnswer>;
  readonly say: (message: PlistDict) => Promise<VoiceAnswer>;
};

export const speakingTo = (origin: string, agent?: Agent) =>
  function voiceOf({ state }: SimulatedMac): MacVoice {
    const { enrollment, identity } = state;
    if (enrollment === null) throw new Error('this Mac is not enrolled');
    return voiceWith(
      origin,
      identity.udid,
      enrollment.certificate,
      createPrivateKey(enrollment.privateKeyPem),
      agent,
    );
  };

export function voiceWith(
  origin: string,
  udid: string,
  certificate: Buffer,
  privateKey: KeyObject,
  agent?: Agent,
): MacVoice {
  const signer = bareSha1Signer({ certificate: readCertificate(certificate), privateKey });
  const sign = (body: Buffer): string => signer(body).toString('base64');
  const put: MacVoice['put'] = (body, signature = sign(body)) =>
    send(`${origin}/mdm`, 'PUT', body, signature === null ? {} : { 'Mdm-Signature': signature }, agent);
  const say: MacVoice['say'] = (message) => {
    const body = writePlist(message);
    const type = 'MessageType' in message ? checkInType : commandType;
    return send(`${origin}/mdm`, 'PUT', body, { 'Mdm-Signature': sign(body), 'Content-Type': type }, agent);
  };
  return { udid, sign, put, say };
}

/** One request with any bytes; rejects only when the connection breaks. */
export function send(
  url: string,
  method: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  agent?: Agent,
): Promise<VoiceAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        agent: agent ?? false,
        headers: {
          'Content-Type': commandType,
          'Content-Length': body.length,
          ...headers,
        },
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(pieces) }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
