import type { Behaviour, Outcome, Turn } from './behaviours/behaviour.ts';
import { handlerOf } from './commands/by-request-type.ts';
import type { Carried, Command, CommandResult } from './commands/command.ts';
import { checkOut, enrollMac, renewIdentity, sendTokenUpdate, withoutEnrollment } from './enrollment.ts';
import { withErasedDisk } from './erased-disk.ts';
import type { MacParts } from './mac-parts.ts';
import { FILEVAULT_OFF } from './mac-state.ts';
import type { MdmAnswer } from './mdm-line.ts';
import { type PlistDict, parsePlistDict, writePlist } from './plist.ts';
import { dictOf, textOf } from './plist-fields.ts';

/** How a session ended: `later`, the Mac comes back by itself; `stopped`, only after a push or restart. */
export type SessionEnd = 'done' | 'later' | 'stopped';

/** One connection: what is owed or Idle, then commands until the server has none. */
export async function holdSession(parts: MacParts): Promise<SessionEnd> {
  const { record } = parts;
  const { enrollment } = record.state;
  if (enrollment === null) return 'done';
  try {
    if (!enrollment.tokenDelivered && !(await sendTokenUpdate(parts))) return 'later';
    return await talk(parts);
  } finally {
    parts.line(record.state.enrollment ?? enrollment).hangUp();
  }
}

async function talk(parts: MacParts): Promise<SessionEnd> {
  const owed = parts.record.unanswered;
  let step: Step = owed === null ? { answer: await sayIdle(parts), lastStatus: 'Idle' } : await repay(parts);
  for (;;) {
    if (step === 'later' || step === 'stopped' || step === 'done') return step;
    const { answer, lastStatus }: Exchange = step;
    if (answer.kind === 'unenroll') return leave(parts);
    if (answer.kind !== 'taken') return 'done';
    // After a last NotNow the Mac comes back by itself when it can (Apple: Handling NotNow).
    if (answer.body.length === 0) return lastStatus === 'NotNow' ? 'later' : 'done';
    const command = readCommand(answer.body);
    step = command === null ? await reject(parts, answer.body) : await take(parts, command);
  }
}

type Exchange = { readonly answer: MdmAnswer; readonly lastStatus: string };
type Step = Exchange | SessionEnd;

async function sayIdle(parts: MacParts): Promise<MdmAnswer> {
  return put(parts, writePlist({ UDID: parts.record.state.identity.udid, Status: 'Idle' }));
}

async function put(parts: MacParts, body: Buffer): Promise<MdmAnswer> {
  const { enrollment } = parts.record.state;
  return enrollment === null ? { kind: 'unreachable' } : parts.line(enrollment).command(body);
}

function readCommand(body: Buffer): Command | null {
  try {
    const message = parsePlistDict(body);
    const uuid = textOf(message, 'CommandUUID');
    const fields = dictOf(message, 'Command');
    const requestType = fields === null ? null : textOf(fields, 'RequestType');
    return uuid === null || fields === null || requestType === null ? null : { uuid, requestType, fields };
  } catch {
    return null;
  }
}

/** No command in it: CommandFormatError where there is at least a CommandUUID to answer to. */
async function reject(parts: MacParts, body: Buffer): Promise<Step> {
  let uuid: string | null = null;
  try {
    uuid = textOf(parsePlistDict(body), 'CommandUUID');
  } catch {
    return 'done';
  }
  return uuid === null ? 'done' : deliver(parts, uuid, { status: 'CommandFormatError', keys: {} }, 1);
}

async function take(parts: MacParts, command: Command): Promise<Step> {
  const behaviour = parts.behaviour.forCommand(command.requestType);
  const { outcome, leaves } = await perform(parts, command, behaviour);
  parts.behaviour.spent(behaviour);
  if (outcome.kind === 'silent') {
    await parts.record.keepState();
    return outcome.stops ? 'stopped' : 'done';
  }
  const step = await deliver(parts, command.uuid, outcome.result, outcome.copies);
  if (!leaves) return step;
  await checkOut(parts);
  return leave(parts);
}

async function perform(
  parts: MacParts,
  command: Command,
  behaviour: Behaviour,
): Promise<{ readonly outcome: Outcome; readonly leaves: boolean }> {
  const { record } = parts;
  let leaves = false;
  const turn: Turn = {
    command,
    carryOut: async () => {
      const carried = await carryOut(parts, command);
      record.state = carried.state ?? record.state;
      leaves = carried.leaves ?? false;
      return carried.result;
    },
    erase: () => {
      record.unanswered = null;
      record.state = withErasedDisk(record.state);
    },
    reEnroll: async () => {
      const profile = await parts.reEnroll();
      if (profile !== null) await enrollMac(parts, profile);
    },
  };
  return { outcome: await behaviour.onCommand(turn), leaves };
}

async function carryOut(parts: MacParts, command: Command): Promise<Carried> {
  const { record, surroundings } = parts;
  return handlerOf(command.requestType)(command.fields, {
    state: record.state,
    fileVault: parts.behaviour.looksUnencrypted ? FILEVAULT_OFF : record.state.fileVault,
    surroundings,
    renew: async (read) => {
      await renewIdentity(parts, read);
      return record.state;
    },
  });
}

/** What the result says is saved before it leaves; a result not taken is saved too, and repeated. */
async function deliver(
  parts: MacParts,
  commandUuid: string,
  result: CommandResult,
  copies: 1 | 2,
): Promise<Step> {
  const { record } = parts;
  const message: PlistDict = {
    UDID: record.state.identity.udid,
    CommandUUID: commandUuid,
    Status: result.status,
    ...result.keys,
  };
  record.unanswered = { commandUuid, body: writePlist(message) };
  await record.keepState();
  if (copies === 2) await put(parts, record.unanswered.body);
  const step = await repay(parts);
  return typeof step === 'string' ? step : { ...step, lastStatus: result.status };
}

async function repay(parts: MacParts): Promise<Step> {
  const { record } = parts;
  const answer = await put(parts, record.unanswered?.body ?? Buffer.alloc(0));
  if (answer.kind === 'unenroll') return { answer, lastStatus: '' };
  if (answer.kind !== 'taken') {
    await record.keepUnanswered();
    return 'later';
  }
  record.unanswered = null;
  await record.keepUnanswered();
  return { answer, lastStatus: '' };
}

async function leave(parts: MacParts): Promise<SessionEnd> {
  parts.record.unanswered = null;
  parts.record.state = withoutEnrollment(parts.record.state);
  await parts.record.keepState();
  return 'done';
}
