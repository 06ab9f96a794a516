import type { NanoMdmConfig } from '../../config.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { EnrollmentId, Ids } from '../../kernel/id.ts';
import type { Runner } from '../../kernel/verb.ts';
import type { Conversation } from '../../modules/commands/commands.ts';
import type { KeptCommands } from '../../modules/commands/kept-commands.ts';
import type { MdmTransport, Wake } from '../../modules/commands/transport.port.ts';
import type { EnrollmentReactions } from '../../modules/devices/devices.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Http } from '../../platform/http/http.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Vault } from '../../vault/vault.ts';
import { createCourier } from './courier.ts';
import { enrollmentAddress } from './enrollment-address.ts';
import { createInbox } from './inbox.ts';
import * as store from './nanomdm.store.ts';
import { nanoMdmClient } from './nanomdm-client.ts';
import { reconcile } from './reconcile.ts';
import { takeEvent } from './take-event.ts';
import { webhookRoutes } from './webhook.routes.ts';

export type NanoMdmOptions = {
  readonly config: NanoMdmConfig;
  /** Of NanoMDM's push certificate; null: nobody has said it. */
  readonly pushTopic: () => Promise<string | null>;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
};

/** The rooms that NanoMDM's events go to. */
export type HeardBy = {
  readonly runner: Runner<Tx>;
  readonly reactions: EnrollmentReactions;
  readonly conversation: Conversation;
  readonly keptCommands: KeptCommands;
  readonly wake: Wake;
};

/** NanoMDM between the Macs and us. `serve` comes before anything is pushed or heard. */
export type NanoMdm = {
  readonly transport: MdmTransport;
  readonly serve: (rooms: HeardBy) => void;
  readonly routes: (app: Http) => Promise<void>;
  /** The ServerURL of an enrollment's profile. */
  readonly mdmUrlOf: (enrollment: EnrollmentId) => string;
  /** Hears events that nobody has finished with. */
  readonly catchUp: () => Promise<number>;
  readonly reconcile: () => Promise<void>;
  readonly settled: () => Promise<void>;
};

/** Puts the adapter together. Nothing is called before `serve`. */
export async function openNanoMdm(options: NanoMdmOptions): Promise<NanoMdm> {
  const { config, pushTopic, database, vault, clock, ids, log } = options;
  const client = nanoMdmClient(config);
  const deviceCa = await vault.deviceCa();
  const prove = await vault.enrollmentProver();
  let served: HeardBy | null = null;
  const rooms = (): HeardBy => {
    if (served === null) throw new Error('NanoMDM is asked before its rooms are built');
    return served;
  };
  const onRefused = (reason: string, enrollmentId: EnrollmentId | null): void =>
    log.warn('event of NanoMDM refused', { reason, ...(enrollmentId === null ? {} : { enrollmentId }) });
  const onFault = (error: unknown, reason: string): void => log.error('work failed', { reason, error });
  const { rotationAllowed } = config;
  const courier = createCourier({
    database,
    client,
    clock,
    rotationAllowed,
    rooms,
    onFault: (reason, { enrollment: enrollmentId }) =>
      log.warn('command not handed to NanoMDM', { reason, enrollmentId }),
  });
  const hearing = () => ({ ...rooms(), courier, pushTopic });
  const inbox = createInbox({ database, vault, clock, hearing, onRefused, onFault });
  const taking = { database, vault, clock, ids, prove, onRefused };
  return {
    transport: { keepsCommands: true, showsCertificates: false, push: courier.push },
    serve: (built) => {
      served = built;
    },
    routes: (app) =>
      webhookRoutes(app, {
        webhookKey: config.webhookKey,
        deviceCa,
        onRefused,
        take: async (event) => {
          const enrollment = await takeEvent(taking, event);
          await store.noteContact(database, 'webhook', null, clock.now());
          if (enrollment !== null) inbox.wake(enrollment);
        },
      }),
    mdmUrlOf: (enrollment) => enrollmentAddress(config.deviceUrl, enrollment, prove),
    catchUp: inbox.catchUp,
    reconcile: () => reconcile({ database, client, clock, ids, onFault, ...rooms() }),
    settled: inbox.settled,
  };
}
