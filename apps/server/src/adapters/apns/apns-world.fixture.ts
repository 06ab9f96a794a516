import { randomBytes } from 'node:crypto';
import { randomIds } from '../../kernel/id.ts';
import type { PushOutcome, PushRequest } from '../../modules/commands/transport.port.ts';
import {
  CertificateMaker,
  type PemPair,
  topicNumber,
} from '../../modules/push-certificate/push-certificate.fixture.ts';
import { checkPushPair } from '../../vault/push-certificate-check.ts';
import { type PushIdentity, pushIdentity } from '../../vault/push-identity.ts';
import { readPushUpload } from '../../vault/push-upload.ts';
import { type ApnsPush, apnsPush } from './apns.ts';
import { type ApnsServer, startApnsServer } from './apns-server.fixture.ts';

const maker = new CertificateMaker();
export const topic = topicNumber(1);
export const now = new Date('2026-11-22T12:00:00Z');
const server = maker.makeServer();
/** Two certificates of the same topic. */
export const first = await identityOf(maker.make(topic));
export const renewed = await identityOf(maker.make(topic));
maker.remove();

async function identityOf(pair: PemPair): Promise<PushIdentity> {
  const material = await readPushUpload(pair);
  const checked = material.ok ? checkPushPair(material.value, null) : material;
  if (!checked.ok) throw new Error(checked.refusal);
  return pushIdentity({ ...checked.value, id: checked.value.certificate.sha256 });
}

export type ApnsWorld = {
  readonly apns: ApnsServer;
  readonly push: ApnsPush;
  readonly faults: string[];
  use: PushIdentity | null;
  mac(): PushRequest;
  send(): Promise<PushOutcome>;
  close(): Promise<void>;
};
/** The adapter, and a service that knows its Macs. */
export async function apnsWorld(
  options: Parameters<typeof startApnsServer>[1] & {
    readonly timing?: Parameters<typeof apnsPush>[0]['timing'];
  } = {},
): Promise<ApnsWorld> {
  const apns = await startApnsServer(server, options);
  const faults: string[] = [];
  const made: ApnsWorld = {
    apns,
    faults,
    use: first,
    push: apnsPush({
      url: apns.url,
      ca: apns.ca,
      identity: async () => made.use,
      clock: { now: () => now },
      onFault: (why, ours) => void faults.push(ours ? `ours: ${why}` : why),
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    }),
    mac: () => {
      const token = randomBytes(32);
      apns.tokens.set(token.toString('hex'), topic);
      return { enrollment: randomIds.next<'enrollment'>(), topic, token, magic: 'M' };
    },
    close: async () => {
      await made.push.close();
      await apns.close();
    },
    send: () => made.push.send(made.mac()),
  };

  return made;
}

export function later(milliseconds: number): PushOutcome {
  return { kind: 'later', milliseconds };
}

/** Waits until it holds; the test's own time limit ends a wait for nothing. */
export async function seen(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
