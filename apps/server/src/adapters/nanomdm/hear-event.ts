import { type CheckIn, parseCheckIn } from '@keyhaven/apple-mdm/check-in';
import { MessageError } from '@keyhaven/apple-mdm/check-in/message-error';
import { type Answer, parseAnswer } from '@keyhaven/apple-mdm/command-answer';
import { PlistError } from '@keyhaven/apple-mdm/plist/plist-error';
import type { Runner } from '../../kernel/verb.ts';
import type { Conversation } from '../../modules/commands/commands.ts';
import { authenticate } from '../../modules/devices/authenticate.ts';
import type { EnrollmentReactions } from '../../modules/devices/devices.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';
import { checkOut, updateToken } from '../../modules/devices/token-update.ts';
import type { Tx } from '../../platform/db/database.ts';
import { callerOf } from '../apple-mdm/caller-of.ts';
import type { Courier } from './courier.ts';

export type HearingContext = {
  readonly runner: Runner<Tx>;
  readonly reactions: EnrollmentReactions;
  readonly conversation: Conversation;
  readonly courier: Courier;
  /** The topic of our push certificate, which NanoMDM has. */
  readonly pushTopic: () => Promise<string | null>;
};

export type Heard =
  | { readonly kind: 'done' }
  /** Something that comes before it has not come yet. */
  | { readonly kind: 'too-early' }
  | { readonly kind: 'refused'; readonly why: string };

const done: Heard = { kind: 'done' };
const refused = (why: string): Heard => ({ kind: 'refused', why });

/**
 * Makes sense of one event of this Mac; may run again. `waitedLong`: what should have come before it will not come any
 * more, since NanoMDM sends each event once.
 */
export async function hearEvent(
  context: HearingContext,
  mac: KnownMac,
  topic: string,
  message: Buffer,
  waitedLong: boolean,
): Promise<Heard> {
  try {
    if (topic === 'mdm.Connect') return await hearAnswer(context, mac, message, waitedLong);
    return await hearCheckIn(context, mac, parseCheckIn(message), waitedLong);
  } catch (error) {
    if (!(error instanceof PlistError || error instanceof MessageError)) throw error;
    return refused(`message-${error.kind}`);
  }
}

/** Whether the message speaks for the Mac that this enrollment was made by. */
const isItsOwn = (mac: KnownMac, channel: Answer['channel']): boolean =>
  (channel.kind === 'device' || channel.kind === 'user') && mac.udid === channel.udid;

async function hearCheckIn(
  context: HearingContext,
  mac: KnownMac,
  message: CheckIn,
  waitedLong: boolean,
): Promise<Heard> {
  const { runner, reactions } = context;
  switch (message.type) {
    case 'Authenticate':
      return (await authenticate(runner, reactions, mac, message)).ok ? done : refused('authenticate');
    case 'TokenUpdate': {
      if (message.channel.kind !== 'device') return done;
      if (mac.udid === null) {
        if (!waitedLong) return { kind: 'too-early' };
        return standInForAuthenticate(context, mac, message.channel, message.topic);
      }
      if (!isItsOwn(mac, message.channel)) return refused('another-udid');
      return (await updateToken(runner, reactions, mac, message)).ok ? done : refused('token-update');
    }
    case 'CheckOut': {
      if (!isItsOwn(mac, message.channel)) return refused('another-udid');
      if (message.channel.kind !== 'device') return done;
      return (await checkOut(runner, reactions, mac, message)).ok ? done : refused('check-out');
    }
    // Announced in no profile of ours, or of no use to us.
    case 'UserAuthenticate':
    case 'SetBootstrapToken':
    case 'GetBootstrapToken':
    case 'DeclarativeManagement':
    case 'GetToken':
    case 'unknown':
      return done;
  }
}

async function hearAnswer(
  context: HearingContext,
  mac: KnownMac,
  message: Buffer,
  waitedLong: boolean,
): Promise<Heard> {
  const answer = parseAnswer(message);
  if (mac.udid === null) return { kind: waitedLong ? 'refused' : 'too-early', why: 'not-authenticated' };
  if (!isItsOwn(mac, answer.channel)) return refused('another-udid');
  if (answer.channel.kind !== 'device') return done;
  if (mac.state === 'authenticated') {
    if (!waitedLong) return { kind: 'too-early' };
    return standInForTokenUpdate(context, mac, answer.channel);
  }
  const caller = callerOf(mac);
  if (caller === null) return refused('not-authenticated');
  if (caller.standing === 'ended' && answer.status === 'Idle') return refused('enrollment-ended');
  const reply = await context.conversation.hear(caller, answer, message);
  if (reply.refused) return refused('too-many-answers');
  await context.courier.carry(mac, reply);
  return done;
}

/**
 * NanoMDM lets nobody say TokenUpdate who has not said Authenticate, so there was one. What it told beside the UDID, the
 * serial number first, stays unknown.
 */
async function standInForAuthenticate(
  { runner, reactions }: HearingContext,
  mac: KnownMac,
  channel: Answer['channel'],
  topic: string,
): Promise<Heard> {
  const unknown = { deviceName: null, model: null, modelName: null, productName: null, serialNumber: null };
  const version = { osVersion: null, buildVersion: null };
  const message = { type: 'Authenticate', channel, topic, ...unknown, ...version } as const;
  const heard = await authenticate(runner, reactions, mac, message);
  // The TokenUpdate itself is heard the next time round.
  return heard.ok ? { kind: 'too-early' } : refused('authenticate');
}

/** NanoMDM has the Mac's token, or nothing would have woken it. We need none: pushes are NanoMDM's. */
async function standInForTokenUpdate(
  { runner, reactions, pushTopic }: HearingContext,
  mac: KnownMac,
  channel: Answer['channel'],
): Promise<Heard> {
  const none = { token: Buffer.alloc(0), pushMagic: '', awaitingConfiguration: null };
  const message = { type: 'TokenUpdate', channel, topic: (await pushTopic()) ?? '', ...none } as const;
  const heard = await updateToken(runner, reactions, mac, message);
  return heard.ok ? { kind: 'too-early' } : refused('token-update');
}
