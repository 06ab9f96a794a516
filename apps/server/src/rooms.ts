import type { Config } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import type { Ids } from './kernel/id.ts';
import type { Runner } from './kernel/verb.ts';
import { recordNotes } from './modules/audit/audit.ts';
import { type Conversation, createConversation } from './modules/commands/commands.ts';
import { createPushing, type Pushing } from './modules/commands/pushing.ts';
import { plainHandler } from './modules/commands/simple-command.ts';
import type { Push } from './modules/commands/transport.port.ts';
import type { EnrollmentReactions } from './modules/devices/devices.ts';
import type { EscrowContext } from './modules/escrow/context.ts';
import { escrowHandlers, escrowOnEnded } from './modules/escrow/escrow.ts';
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
  readonly push: Push;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
};

/** The modules, put together. */
export type Rooms = {
  readonly runner: Runner<Tx>;
  readonly pushing: Pushing;
  readonly escrow: EscrowContext;
  readonly conversation: Conversation;
  readonly reactions: EnrollmentReactions;
  readonly contacts: Contacts;
};

/** Puts the modules together: who owns which command, and who hears of which change. */
export function buildRooms(options: RoomsOptions): Rooms {
  const { config, database, vault, clock, ids, log } = options;
  const runner: Runner<Tx> = {
    clock,
    ids,
    transaction: (body) => transaction(database, body),
    recordNotes: (tx, actor, now, notes) => recordNotes(tx, actor, now, notes, ids),
  };
  const onFault = (error: unknown, doing: string): void => log.error('work failed', { reason: doing, error });
  const pushing = createPushing({
    database,
    push: options.push,
    clock,
    chance: Math.random,
    onFault: (error) => onFault(error, 'push'),
  });
  const { wake } = pushing;
  const escrow: EscrowContext = { database, runner, vault, wake, tell, onFault };
  const organization = config.organizationName;
  const conversation = createConversation({
    database,
    vault,
    clock,
    ids,
    onFault,
    handlers: {
      ...escrowHandlers(escrow),
      DeviceInformation: deviceInformationHandler(database),
      InstallProfile: fileVaultProfileHandler({ database, vault, runner, wake, organization }),
      RemoveProfile: plainHandler,
      ProfileList: profileListHandler(runner),
      CertificateList: plainHandler,
    },
  });
  const reactions: EnrollmentReactions = {
    onActivated: (tx, change) => onActivated({ wake, ids, chance: Math.random }, tx, change),
    onEnded: escrowOnEnded(escrow, ids),
  };
  const contacts = countContacts({ database, clock });
  return { runner, pushing, escrow, conversation, reactions, contacts };
}
