import { problem } from '@keyhaven/api-contract/problem';
import type { CheckIn } from '@keyhaven/apple-mdm/check-in';
import type { Channel } from '@keyhaven/apple-mdm/check-in/channel';
import { MessageError } from '@keyhaven/apple-mdm/check-in/message-error';
import type { Answer } from '@keyhaven/apple-mdm/command-answer';
import { type DeviceMessage, parseDeviceMessage } from '@keyhaven/apple-mdm/device-message';
import { PlistError } from '@keyhaven/apple-mdm/plist/plist-error';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Runner } from '../../kernel/verb.ts';
import type { Conversation, Reply } from '../../modules/commands/commands.ts';
import { authenticate } from '../../modules/devices/authenticate.ts';
import type { EnrollmentReactions } from '../../modules/devices/devices.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';
import type { Oddity } from '../../modules/devices/odd-macs.ts';
import { replaceIdentity } from '../../modules/devices/replace-identity.ts';
import { checkOut, updateToken } from '../../modules/devices/token-update.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import { callerOf } from './caller-of.ts';
import type { Credentials, Identified } from './identify-mac.ts';

export type MdmContext = {
  readonly runner: Runner<Tx>;
  readonly reactions: EnrollmentReactions;
  readonly conversation: Conversation;
  readonly identify: (credentials: Credentials, body: Buffer) => Promise<Identified>;
  /** Whether this address is a proxy that sets `Client-Cert` and takes it off what comes in. */
  readonly isTrustedProxy: (address: string | undefined) => boolean;
  readonly noteOddity: (mac: KnownMac, oddity: Oddity) => Promise<void>;
  /** A request was refused. Kinds and ids only. */
  readonly onRefused: (why: string, mac: KnownMac | null) => void;
};

const maximumBodyBytes = 2 * 1024 * 1024;
const bytes = z.any().describe('Empty, or a property list with the next command.');

/**
 * `PUT /mdm`: check-in and command channel. 200 only after what the Mac said is durable; 400 for what is refused, 500
 * for what could not be stored, never 401, which would make the Mac unenroll (reference/apple-mdm.md 0.5, 0.7).
 */
export async function mdmRoutes(app: Http, context: MdmContext): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maximumBodyBytes },
      (_request, body, done) => done(null, body),
    );
    scope.put(
      '/mdm',
      {
        bodyLimit: maximumBodyBytes,
        schema: { response: { 200: bytes, 400: bytes, 410: bytes, 413: problem, 500: problem } },
      },
      async (request, reply) => {
        const body: unknown = request.body;
        const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const who = await context.identify(credentialsOf(context, request), raw);
        if (!who.ok) return refuseUnknown(context, reply, who);
        let message: DeviceMessage;
        try {
          message = parseDeviceMessage(request.headers['content-type'], raw);
        } catch (error) {
          if (!(error instanceof PlistError || error instanceof MessageError)) throw error;
          return refuse(context, reply, `message-${error.kind}`, who.mac);
        }
        return message.kind === 'check-in'
          ? checkIn(context, reply, who.mac, message.checkIn)
          : command(context, reply, who.mac, message.answer, raw);
      },
    );
  });
}

const send = (reply: FastifyReply, status: number, { body }: Pick<Reply, 'body'>): FastifyReply =>
  reply
    .code(status)
    .type('application/xml; charset=UTF-8')

    .send(body ?? Buffer.alloc(0));

function refuse(context: MdmContext, reply: FastifyReply, why: string, mac: KnownMac | null): FastifyReply {
  context.onRefused(why, mac);
  return send(reply, 400, { body: null });
}

/** Of anybody but a trusted proxy, `Client-Cert` is nothing but a claim. */
function credentialsOf(context: MdmContext, request: FastifyRequest): Credentials {
  const { 'mdm-signature': signature, 'client-cert': handed } = request.headers;
  const trusted = context.isTrustedProxy(request.socket.remoteAddress);
  return {
    signature: typeof signature === 'string' ? signature : undefined,
    clientCert: trusted && typeof handed === 'string' ? handed : undefined,
  };
}

async function refuseUnknown(
  context: MdmContext,
  reply: FastifyReply,
  { why, mac }: Extract<Identified, { ok: false }>,
): Promise<FastifyReply> {
  if (mac !== undefined) await context.noteOddity(mac, 'certificate-replaced');
  return refuse(context, reply, why, mac ?? null);
}

async function refuseAnotherUdid(
  context: MdmContext,
  reply: FastifyReply,
  mac: KnownMac,
): Promise<FastifyReply> {
  await context.noteOddity(mac, 'another-udid');
  return refuse(context, reply, 'another-udid', mac);
}

/** Whether the message speaks for the Mac that its certificate is pinned to. */
const isItsOwn = (mac: KnownMac, channel: Channel): boolean =>
  (channel.kind === 'device' || channel.kind === 'user') && mac.udid === channel.udid;

async function checkIn(
  context: MdmContext,
  reply: FastifyReply,
  mac: KnownMac,
  message: CheckIn,
): Promise<FastifyReply> {
  const { runner, reactions } = context;
  if (message.type === 'unknown') return refuse(context, reply, 'message-unknown', mac);
  if (message.type === 'Authenticate') {
    const { channel } = message;
    if (mac.udid !== null && channel.kind === 'device' && mac.udid !== channel.udid) {
      return refuseAnotherUdid(context, reply, mac);
    }
    const heard = await authenticate(runner, reactions, mac, message);
    return heard.ok ? send(reply, 200, { body: null }) : refuse(context, reply, 'authenticate', mac);
  }
  if (!isItsOwn(mac, message.channel)) return refuseAnotherUdid(context, reply, mac);
  switch (message.type) {
    case 'TokenUpdate': {
      // A user's push token must never take the place of the Mac's.
      if (message.channel.kind !== 'device') return send(reply, 200, { body: null });
      const heard = await updateToken(runner, reactions, mac, message);
      return heard.ok ? send(reply, 200, { body: null }) : refuse(context, reply, 'token-update', mac);
    }
    case 'CheckOut': {
      if (message.channel.kind !== 'device') return send(reply, 200, { body: null });
      const heard = await checkOut(runner, reactions, mac, message);
      return heard.ok ? send(reply, 200, { body: null }) : refuse(context, reply, 'check-out', mac);
    }
    case 'UserAuthenticate':
      // Not managing this user in this session (reference/apple-mdm.md 3.2).
      return send(reply, 410, { body: null });
    case 'GetBootstrapToken':
      return send(reply, 200, { body: null });
    case 'SetBootstrapToken':
    case 'DeclarativeManagement':
    case 'GetToken':
      // Announced in no profile of ours.
      return refuse(context, reply, 'not-announced', mac);
  }
}

async function command(
  context: MdmContext,
  reply: FastifyReply,
  mac: KnownMac,
  answer: Answer,
  raw: Buffer,
): Promise<FastifyReply> {
  if (!isItsOwn(mac, answer.channel)) return refuseAnotherUdid(context, reply, mac);
  if (mac.identity.replaces) await replaceIdentity(context.runner, mac);
  // Users have a channel of their own; nothing of ours goes there.
  const caller = callerOf(mac);
  if (answer.channel.kind !== 'device' || caller === null) return send(reply, 200, { body: null });
  if (caller.standing === 'ended' && answer.status === 'Idle')
    return refuse(context, reply, 'enrollment-ended', mac);
  const heard = await context.conversation.hear(caller, answer, raw);
  return heard.refused ? refuse(context, reply, 'too-many-answers', mac) : send(reply, 200, heard);
}
