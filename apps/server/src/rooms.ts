import type { Config } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import type { Ids } from './kernel/id.ts';
import type { Runner } from './kernel/verb.ts';
import { recordNotes } from './modules/audit/audit.ts';
import { type Conversation, createConversation } from './modules/commands/commands.ts';
import { createKeptCommands, type KeptCommands } from './modules/commands/kept-commands.ts';
import { createPushing, type Pushing } from './modules/commands/pushing.ts';
import { isRenewal, renewalHandler, renewIdentities } from './modules/commands/renew-identity.ts';
import { byIntent, plainHandler } from './modules/commands/simple-command.ts';
import type { MdmTransport } from './modules/commands/transport.port.ts';
import type { EnrollmentReactions } from './modules/devices/devices.ts';
import { type DeviceAddresses, enrollmentProfileRenderer } from './modules/devices/enrollment-profile.ts';
import { noteAnotherMac } from './modules/devices/odd-macs.ts';
import type { EscrowContext } from './modules/escrow/context.ts';
import { escrowHandlers, escrowOnEnded, escrowOnRepeated } from './modules/escrow/escrow.ts';
import { type Contacts, countContacts } from './modules/inventory/contacts.ts';
import { deviceInformationHandler } from './modules/inventory/on-device-information.ts';
import { tell } from './modules/notices/notices.ts';
import { fileVaultProfileHandler } from './modules/policy/file-vault-profile.ts';
import { onActivated } from './modules/policy/on-activated.ts';
import { profileListHandler } from './modules/policy/on-profile-list.ts';
import { type Database, type Tx, transaction } from './platform/db/database.ts';
import type { Log } from './platform/log/log.ts';
import type { Vault } from './vault/vault.ts';

export type RoomsOptions = {
  readonly config: Config;
  readonly database: Database;
  readonly vault: Vault;
  readonly transport: MdmTransport;
  /** See EscrowContext. */
  readonly rotationAllowed: boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly addresses: DeviceAddresses;
};

/** The modules, put together. */
export type Rooms = {
  readonly runner: Runner<Tx>;
  readonly pushing: Pushing;
  readonly escrow: EscrowContext;
  readonly conversation: Conversation;
  readonly keptCommands: KeptCommands;
  readonly reactions: EnrollmentReactions;
  /** Has Macs renew certificates that end soon. */
  readonly renewIdentities: () => Promise<number>;
  readonly contacts: Contacts;
};

/** Puts the modules together: who owns which command, and who hears of which change. */
export function buildRooms(options: RoomsOptions): Rooms {
  const { config, database, vault, clock, ids, log, transport, rotationAllowed } = options;
  const runner: Runner<Tx> = {
    clock,
    ids,
    transaction: (body) => transaction(database, body),
    recordNotes: (tx, actor, now, notes) => recordNotes(tx, actor, now, notes, ids),
  };
  const onFault = (error: unknown, doing: string): void => log.error('work failed', { reason: doing, error });
  const pushing = createPushing({
    database,
    push: transport.push,
    clock,
    chance: Math.random,
    onFault: (error) => onFault(error, 'push'),
  });
  const { wake } = pushing;
  const escrow: EscrowContext = { database, runner, vault, wake, tell, rotationAllowed, onFault };
  const organization = config.organizationName;
  const renewal = {
    database,
    runner,
    wake,
    secretsAllowed: rotationAllowed,
    render: enrollmentProfileRenderer({ database, vault, organization, addresses: options.addresses }),
  };
  const handlers = {
    ...escrowHandlers(escrow),
    DeviceInformation: deviceInformationHandler(database, (tx, { device }) =>
      noteAnotherMac(tx, device.id, clock.now()),
    ),
    InstallProfile: byIntent(
      isRenewal,
      renewalHandler(renewal),
      fileVaultProfileHandler({ database, vault, runner, wake, organization }),
    ),
    RemoveProfile: plainHandler,
    ProfileList: profileListHandler(runner),
    CertificateList: plainHandler,
  };
  const { keepsCommands } = transport;
  const conversation = createConversation({ database, vault, clock, ids, onFault, handlers, keepsCommands });
  const keptCommands = createKeptCommands({ database, clock, ids, handlers });
  const reactions: EnrollmentReactions = {
    tell,
    onActivated: (tx, change) => onActivated({ wake, ids, chance: Math.random }, tx, change),
    onEnded: escrowOnEnded(escrow, ids),
    onRepeated: transport.showsCertificates ? null : escrowOnRepeated(escrow, ids),
  };
  const renew = (): Promise<number> => renewIdentities(renewal);
  const contacts = countContacts({ database, clock });
  return {
    runner,
    pushing,
    escrow,
    conversation,
    keptCommands,
    reactions,
    contacts,
    renewIdentities: renew,
  };
}
