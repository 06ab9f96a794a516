import { installProfileCommand } from '@keyhaven/apple-mdm/commands/install-profile';
import { fileVaultProfile } from '@keyhaven/apple-mdm/profiles/filevault-profile';
import { after } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import { type Done, done, type Runner, runWrite } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Command } from '../commands/command.ts';
import { type Answered, type CommandHandler, wordsOf } from '../commands/commands.ts';
import { queueCommand } from '../commands/queue.ts';
import type { Wake } from '../commands/transport.port.ts';
import { findDevice, lockDevice } from '../devices/devices.ts';
import { stableUuid } from '../devices/enrollment-profile.ts';
import { followUpOnProfile } from '../inventory/inventory.ts';
import { effectivePolicy } from './policy.ts';
import type { Policy } from './policy-settings.ts';
import * as store from './profiles.store.ts';
import { untilNextTry } from './until-next-try.ts';

type Context = {
  readonly database: Database;
  readonly vault: Vault;
  readonly runner: Runner<Tx>;
  readonly wake: Wake;
  readonly organization: string;
};

/** The PayloadIdentifier of a generation's FileVault profile. */
export const fileVaultProfileIdentifier = (enrollment: EnrollmentId): string =>
  `app.keyhaven.filevault.${enrollment}`;

/** The FileVault and escrow profile: rendered at delivery with this Mac's own escrow certificate, never deleted. */
export const fileVaultProfileHandler = (context: Context): CommandHandler => ({
  render: (command) => render(context, command),
  onAnswer: async (answered) => {
    await settle(context, answered);
    return null;
  },
});

async function render(context: Context, command: Command): Promise<Buffer | null> {
  const { database, vault, runner } = context;
  const device = await findDevice(database, command.device);
  if (device?.enrollmentId !== command.enrollment) return null;
  const policy = await effectivePolicy(database);
  await ensureEscrowKey(context, command, device.ownership);
  const key = await store.findEscrowCertificate(database, command.enrollment);
  if (key === null) throw new Error('the escrow key of this generation is gone');
  await runWrite(runner, { kind: 'system', name: policy.name }, async ({ tx, now }) => {
    const sent = { enrollment: command.enrollment, policy, escrowKey: key.escrowKey, command: command.id };
    await store.recordProfileSent(tx, sent, now);
    const detail = { policy: policy.name, version: policy.version };
    return done(null, { action: 'file-vault-profile.sent', device: command.device, detail });
  });
  const profile = await vault.signProfile(
    profileOf(policy, command.enrollment, key.certificate, context.organization),
  );
  return installProfileCommand(command.id.toUpperCase(), profile);
}

async function ensureEscrowKey(
  { database, vault, runner }: Context,
  command: Command,
  ownershipClass: 'personal' | 'corporate',
): Promise<void> {
  const { device, enrollment } = command;
  if ((await store.findEscrowCertificate(database, enrollment)) !== null) return;
  const id = runner.ids.next<'escrow-key'>();
  const made = await vault.createEscrowKey({ device, escrowKey: id, ownershipClass });
  await runWrite(runner, { kind: 'system', name: 'Keyhaven' }, async ({ tx, now }) => {
    await store.insertEscrowKey(tx, { id, device, enrollment, ownershipClass, ...made }, now);
    return done(null, { action: 'vault.key-created', device, detail: { purpose: 'escrow' } });
  });
}

/** Identifiers and UUIDs stay the same for one generation, so that a change replaces the profile in place. */
function profileOf(
  policy: Policy,
  enrollment: EnrollmentId,
  escrowCertificate: Buffer,
  organization: string,
): Buffer {
  const names = (part: string): { readonly identifier: string; readonly uuid: string } => ({
    identifier: `${fileVaultProfileIdentifier(enrollment)}${part === '' ? '' : `.${part}`}`,
    uuid: stableUuid(`${enrollment} ${part}`),
  });
  return fileVaultProfile(policy.settings.fileVault, {
    ...names(''),
    displayName: 'FileVault and recovery key',
    organization,
    description: 'Turns FileVault on and keeps the recovery key of this Mac safe.',
    escrowCertificate,
    payloads: {
      fileVault: names('enable'),
      escrow: names('escrow'),
      certificate: names('certificate'),
      options: names('options'),
    },
  });
}

async function settle({ runner, wake }: Context, answered: Answered): Promise<void> {
  const { command, answer, device, enrollment } = answered;
  const accepted = answer.status === 'Acknowledged';
  await runWrite(runner, { kind: 'mac', enrollment, device }, async ({ tx, now, ids }) => {
    const mac = await lockDevice(tx, device);
    const profile = await store.findProfileOf(tx, command.id);
    // Another one went out since: what became of this one says nothing of that.
    if (profile === null) return done(null, { action: 'device.reported', device });
    if (!accepted) return refused(tx, answered, profile, now);
    await store.acknowledgeProfile(tx, command.id, now);
    // Of a generation that is over there is nothing more to ask.
    if (mac?.enrollmentId !== enrollment)
      return done(null, { action: 'file-vault-profile.acknowledged', device });
    // FileVault may have made a key by now, and its escrow copy is ours to fetch; the list says what else is there.
    for (const kind of ['SecurityInfo', 'ProfileList'] as const) {
      const id = ids.next<'command'>();
      await queueCommand(tx, wake, { id, enrollment, device, kind, intent: {} }, now);
    }
    await followUpOnProfile(tx, enrollment, now);
    await announce(tx, { kind: 'device', device });
    return done(null, { action: 'file-vault-profile.acknowledged', device });
  });
}

/** Tried again, later each time; sooner when the Mac has something new to say about it. */
async function refused(
  tx: Tx,
  { command, answer, device }: Answered,
  profile: store.ProfileRow,
  now: Date,
): Promise<Done<null>> {
  const words = wordsOf(answer);
  // The same answer made sense of once more.
  if (profile.state === 'refused') return done(null, { action: 'device.reported', device });
  const setbacks = words === profile.deviceWords ? profile.setbacks + 1 : 1;
  const retryAt = after(now, untilNextTry(setbacks));
  await store.refuseProfile(tx, command.id, { words, setbacks, retryAt }, now);
  await announce(tx, { kind: 'device', device });
  return done(null, { action: 'file-vault-profile.refused', device, detail: { words } });
}
