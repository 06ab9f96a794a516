import { parseAnswer } from '@keyhaven/apple-mdm/command-answer';
import { readCommand } from '@keyhaven/apple-mdm/commands/command';
import { writePlist } from '@keyhaven/apple-mdm/plist';
import { dictAt, stringAt } from '@keyhaven/apple-mdm/plist/access';
import type { PlistDict } from '@keyhaven/apple-mdm/plist/value';
import { readCertificate } from '@keyhaven/mac/certificate';
import { APPLE_ENVELOPE, envelop } from '@keyhaven/mac/cms/enveloped-data';
import { sql } from 'kysely';
import { runVerb } from '../../kernel/verb.ts';
import { textToShow } from '../../vault/shown-key.ts';
import { checkStatus } from '../commands/check-status.ts';
import { changeOwnership } from '../devices/change-ownership.ts';
import { fileVaultProfileIdentifier } from '../policy/file-vault-profile.ts';
import { findVersions, type KeyVersionRow } from './escrow.store.ts';
import type { EscrowWorld, Mac, Person } from './escrow-world.fixture.ts';
import { revealKey } from './reveal-key.ts';
import { rotateKey } from './rotate-key.ts';
import { storeKey } from './store-key.ts';

/** A command as the Mac got it. */
export type Told = { readonly uuid: string; readonly type: string; readonly password: string | null };

/** Says one thing for this Mac, under the certificate of its generation, and returns what it is told next. */
export async function say(
  world: EscrowWorld,
  mac: Mac,
  answer: PlistDict,
  standing: 'active' | 'ended' = 'active',
): Promise<Told | null> {
  const raw = writePlist({ UDID: mac.udid, ...answer });
  const known = await world.known(mac);
  const { enrollment, device } = mac;
  const caller = { enrollment, device, ownership: known.ownership, standing };
  const { body } = await world.conversation.hear(caller, parseAnswer(raw), raw);
  if (body === null) return null;
  const command = readCommand(body);
  const password = stringAt(dictAt(command.request, 'FileVaultUnlock') ?? {}, 'Password') ?? null;
  return { uuid: command.commandUuid, type: command.requestType, password };
}

/** SecurityInfo of an encrypted Mac; `copy` is the key in its escrow copy, encrypted to this generation's own key. */
export async function securityInfo(
  world: EscrowWorld,
  mac: Mac,
  uuid: string,
  copy: string | null,
): Promise<PlistDict> {
  const cms = copy === null ? {} : { FDE_PersonalRecoveryKeyCMS: await sealedForUs(world, mac, copy) };
  const SecurityInfo = { FDE_Enabled: true, FDE_HasPersonalRecoveryKey: true, ...cms };
  return { Status: 'Acknowledged', CommandUUID: uuid, SecurityInfo };
}

export async function rotated(
  world: EscrowWorld,
  mac: Mac,
  uuid: string,
  newKey: string,
): Promise<PlistDict> {
  const RotateResult = { EncryptedNewRecoveryKey: await sealedForUs(world, mac, newKey) };
  return { Status: 'Acknowledged', CommandUUID: uuid, RotateResult };
}

async function sealedForUs({ database }: EscrowWorld, mac: Mac, key: string): Promise<Buffer> {
  const { rows } = await sql<{ certificate: Buffer }>`
    select certificate_der as certificate from escrow_keys where enrollment_id = ${mac.enrollment}`.execute(
    database,
  );
  const certificate = rows[0]?.certificate;
  if (certificate === undefined) throw new Error('this generation has no escrow key');
  return envelop(Buffer.from(key), readCertificate(certificate), APPLE_ENVELOPE);
}

/** ProfileList of a Mac that has our profile. */
export const profileList = ({ enrollment }: Mac, CommandUUID: string): PlistDict => ({
  Status: 'Acknowledged',
  CommandUUID,
  ProfileList: [{ PayloadIdentifier: fileVaultProfileIdentifier(enrollment), PayloadContent: [] }],
});

/** Polls and acknowledges whatever comes, without an escrow copy, until nothing or a rotation comes. */
export async function pollUntilRotation(
  world: EscrowWorld,
  mac: Mac,
  copy: string | null = null,
): Promise<Told | null> {
  let told = await say(world, mac, { Status: 'Idle' });
  while (told !== null && told.type !== 'RotateFileVaultKey') {
    const { uuid } = told;
    const acknowledged =
      told.type === 'ProfileList'
        ? profileList(mac, uuid)
        : ({ Status: 'Acknowledged', CommandUUID: uuid } as const);
    const answer: PlistDict =
      told.type === 'SecurityInfo' ? await securityInfo(world, mac, uuid, copy) : acknowledged;
    told = await say(world, mac, answer);
  }
  return told;
}

export async function rotate({ runner, escrow }: EscrowWorld, who: Person, mac: Mac): Promise<string> {
  const asked = await runVerb(runner, escrow, rotateKey(escrow), await who.actor(), {
    device: mac.device,
    reason: 'for a test of it',
  });
  return asked.ok ? asked.value : asked.refusal.kind;
}

export async function store(
  { runner, escrow }: EscrowWorld,
  who: Person,
  mac: Mac,
  key: string,
): Promise<string> {
  const typed = { device: mac.device, recoveryKey: key, confirmation: key };
  const stored = await runVerb(runner, escrow, storeKey(escrow), await who.actor(), typed);
  return stored.ok ? stored.value : stored.refusal.kind;
}

/** The key, or why not. */
export async function reveal(
  { runner, escrow }: EscrowWorld,
  who: Person,
  mac: Mac,
  version: number | null = null,
): Promise<string> {
  const input = { device: mac.device, reason: 'for a test of it', version };
  const asked = await runVerb(runner, escrow, revealKey(escrow), await who.actor(), input);
  if (!asked.ok) return asked.refusal.kind;
  return asked.value.ok ? textToShow(asked.value.value.key) : asked.value.refusal.kind;
}

export async function makeOwnership(
  { runner, database }: EscrowWorld,
  who: Person,
  mac: Mac,
  ownership: 'personal' | 'corporate',
): Promise<void> {
  const change = changeOwnership(async () => {});
  const input = { device: mac.device, ownership };
  const changed = await runVerb(runner, { database }, change, await who.actor(), input);
  if (!changed.ok) throw new Error(changed.refusal.kind);
}

export async function askHowItIs(world: EscrowWorld, who: Person, { device }: Mac): Promise<void> {
  const check = checkStatus(world.escrow.wake);
  const asked = await runVerb(world.runner, world.escrow, check, await who.actor(), { device });
  if (!asked.ok) throw new Error(asked.refusal.kind);
}

export const versionsOf = (world: EscrowWorld, mac: Mac): Promise<readonly KeyVersionRow[]> =>
  findVersions(world.database, mac.device);

export async function attemptState({ database }: EscrowWorld, attempt: string): Promise<string> {
  const { rows } = await sql<{ state: string }>`select state from attempts where id = ${attempt}`.execute(
    database,
  );
  return rows[0]?.state ?? 'none';
}
