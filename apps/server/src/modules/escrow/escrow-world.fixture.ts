import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Ownership } from '@keyhaven/api-contract/device';
import type { KeyVersionState } from '@keyhaven/api-contract/recovery-key';
import { makeRecoveryKey } from '@keyhaven/mac/recovery-key';
import { fileKeys } from '@keyhaven/sealing/file-keys';
import type { KeyEncryption } from '@keyhaven/sealing/key-encryption.port';
import { seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import { sql } from 'kysely';
import type { PersonActor } from '../../kernel/actor.ts';
import { type DeviceId, type EnrollmentId, type KeyVersionId, randomIds } from '../../kernel/id.ts';
import type { Role } from '../../kernel/permission.ts';
import type { Runner } from '../../kernel/verb.ts';
import { type Database, type Tx, transaction } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { keyBinding } from '../../vault/bindings.ts';
import { openLocalVault } from '../../vault/local-vault.ts';
import type { Vault } from '../../vault/vault.ts';
import { grantRole, insertSession, savePerson } from '../access/access.store.ts';
import { resolveSession } from '../access/access.ts';
import { runnerOn, type ShiftedClock, shiftedClock } from '../access/access-runner.fixture.ts';
import { hashOfToken, newSessionToken } from '../access/session.ts';
import { type Conversation, createConversation } from '../commands/commands.ts';
import { queueCommand } from '../commands/queue.ts';
import { plainHandler } from '../commands/simple-command.ts';
import { authenticate } from '../devices/authenticate.ts';
import type { EnrollmentReactions } from '../devices/devices.ts';
import { findDevice, takeKeyVersionNumber } from '../devices/devices.ts';
import type { KnownMac } from '../devices/enrollment.ts';
import { insertEnrollment } from '../devices/enrollments.store.ts';
import { bindCertificate, findMacByCertificate, insertIdentity } from '../devices/identities.store.ts';
import { updateToken } from '../devices/token-update.ts';
import { deviceInformationHandler } from '../inventory/on-device-information.ts';
import { tell } from '../notices/notices.ts';
import { fileVaultProfileHandler } from '../policy/file-vault-profile.ts';
import { profileListHandler } from '../policy/on-profile-list.ts';
import { ensureDefaultPolicy } from '../policy/policy.ts';
import type { EscrowContext } from './context.ts';
import { insertVersion } from './escrow.store.ts';
import { escrowHandlers, escrowOnEnded } from './escrow.ts';

export type Person = {
  readonly name: string;
  readonly token: string;
  /** As the database says now. */
  actor(): Promise<PersonActor>;
};
export type Mac = {
  readonly device: DeviceId;
  readonly enrollment: EnrollmentId;
  readonly udid: string;
  readonly certificateSha256: Buffer;
};

/** Escrow with everything below it on a database of its own, with the real vault; people and Macs to come. */
export type EscrowWorld = {
  readonly database: Database;
  readonly connectionString: string;
  readonly vault: Vault;
  readonly clock: ShiftedClock;
  readonly runner: Runner<Tx>;
  readonly escrow: EscrowContext;
  readonly reactions: EnrollmentReactions;
  readonly conversation: Conversation;
  readonly woken: EnrollmentId[];
  readonly faults: unknown[];
  person(name: string, ...roles: readonly Role[]): Promise<Person>;
  /** The session of the same person in another browser; signed in `ageMs` ago, or null: nobody knows when. */
  signIn(person: Person, ageMs: number | null): Promise<Person>;
  /** An enrolled, encrypted Mac whose profile is on its way. */
  mac(owner: Person, options?: MacOptions): Promise<Mac>;
  /** A version of this Mac's key in the class that the Mac has now. Returns the key. */
  giveKey(mac: Mac, state: KeyVersionState): Promise<string>;
  known(mac: Mac): Promise<KnownMac>;
  close(): Promise<void>;
};
export type MacOptions = {
  readonly ownership?: Ownership;
  readonly name?: string;
  readonly udid?: string;
  readonly serialNumber?: string;
  readonly encrypted?: boolean | null;
  readonly profile?: boolean;
};

export const newKey = (): string => makeRecoveryKey(randomBytes);

export async function escrowWorld(poolSize = 5): Promise<EscrowWorld> {
  const test = await createTestDatabase(poolSize);
  const { database } = test;
  const folder = mkdtempSync(path.join(tmpdir(), 'keyhaven-escrow-'));
  const clock = shiftedClock();
  const runner = runnerOn(database, clock);
  const keys = fileKeys({ folder, mustExist: false, now: clock.now });
  const vault = await openLocalVault({ database, keys, clock, ids: randomIds });
  const woken: EnrollmentId[] = [];
  const faults: unknown[] = [];
  const wake = (enrollment: EnrollmentId): void => void woken.push(enrollment);
  const onFault = (error: unknown): never => {
    throw error;
  };
  const escrow: EscrowContext = { database, runner, vault, wake, tell, rotationAllowed: true, onFault };
  const reactions = {
    tell,
    onActivated: async () => [],
    onEnded: escrowOnEnded(escrow, randomIds),
    onRepeated: null,
  };
  await ensureDefaultPolicy(runner);
  const conversation = createConversation({
    database,
    vault,
    clock,
    ids: randomIds,
    onFault: (error) => faults.push(error),
    handlers: {
      ...escrowHandlers(escrow),
      InstallProfile: fileVaultProfileHandler({ database, vault, runner, wake, organization: 'Example' }),
      DeviceInformation: deviceInformationHandler(database),
      RemoveProfile: plainHandler,
      ProfileList: profileListHandler(runner),
      CertificateList: plainHandler,
    },
  });
  const base = { database, vault, clock, runner, escrow, reactions, conversation, woken, faults };
  const { connectionString } = test;
  return {
    ...base,
    connectionString,
    person: (name, ...roles) => addPerson(base, name, roles),
    signIn: async (person, ageMs) => newSession(base, (await person.actor()).person, person.name, ageMs),
    mac: (owner, options = {}) => addMac(base, owner, options),
    giveKey: (mac, state) => addKey(base, keys, mac, state),
    known: (mac) => knownMac(database, mac.certificateSha256),
    close: async () => {
      await test.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Base = Pick<EscrowWorld, 'database' | 'vault' | 'clock' | 'runner' | 'reactions' | 'escrow'>;

async function addPerson(base: Base, name: string, roles: readonly Role[]): Promise<Person> {
  const { database, clock } = base;
  const id = await transaction(database, async (tx) => {
    const claims = {
      issuer: 'https://idp.example',
      subject: `${name} ${newSessionToken()}`,
      email: `${name.toLowerCase()}@example.com`,
      emailVerified: true,
      name,
      locale: 'en',
      groups: [],
      authTime: null,
    };
    const person = await savePerson(tx, randomIds.next<'person'>(), claims, clock.now());
    for (const role of roles) await grantRole(tx, { person, role, by: person, at: clock.now() });
    return person;
  });
  return newSession(base, id, name, 0);
}

async function newSession(
  { database, clock }: Base,
  person: PersonActor['person'],
  name: string,
  ageMs: number | null,
): Promise<Person> {
  const token = newSessionToken();
  const now = clock.now();
  await transaction(database, (tx) =>
    insertSession(tx, {
      id: randomIds.next<'session'>(),
      tokenHash: hashOfToken(token) ?? Buffer.alloc(0),
      person,
      authenticatedAt: ageMs === null ? null : new Date(now.getTime() - ageMs),
      createdAt: now,
      expiresAt: new Date(now.getTime() + 24 * 3_600_000),
    }),
  );
  return {
    name,
    token,
    actor: async () => {
      const actor = await resolveSession(database, token, clock.now());
      if (actor === null) throw new Error(`the session of ${name} is over`);
      return actor;
    },
  };
}

async function addMac(base: Base, owner: Person, options: MacOptions): Promise<Mac> {
  const { database, runner, reactions, clock, escrow } = base;
  const { ownership = 'personal', name = 'Mac', encrypted = true, profile = true } = options;
  const { person, session } = await owner.actor();
  const enrollment = randomIds.next<'enrollment'>();
  const udid = options.udid ?? randomIds.next().toUpperCase();
  const certificateSha256 = randomBytes(32);
  await transaction(database, async (tx) => {
    const offered = { id: enrollment, personId: person, sessionId: session, ownership };
    const expiresAt = new Date(clock.now().getTime() + 3_600_000);
    await insertEnrollment(tx, { ...offered, expiresAt }, clock.now());
    const identity = randomIds.next<'identity'>();
    const challenge = { challengeHash: randomBytes(32), challengeExpiresAt: expiresAt };
    await insertIdentity(tx, { id: identity, enrollment, purpose: 'enrollment', ...challenge }, clock.now());
    const keys = { transactionId: udid, publicKeySha256: randomBytes(32), notAfter: expiresAt };
    await bindCertificate(tx, { identity, certificate: certificateSha256, certificateSha256, ...keys });
  });
  const channel = { kind: 'device', udid } as const;
  const topic = 'com.apple.mgmt.External.test';
  const arrived = await authenticate(runner, reactions, await knownMac(database, certificateSha256), {
    type: 'Authenticate',
    channel,
    topic,
    deviceName: name,
    model: 'Mac15,12',
    modelName: 'MacBook Air',
    productName: 'Mac15,12',
    serialNumber: options.serialNumber ?? udid.slice(0, 10),
    osVersion: '26.1',
    buildVersion: '25B78',
  });
  if (!arrived.ok) throw new Error('the Mac was refused');
  const token = { token: randomBytes(32), pushMagic: udid, awaitingConfiguration: null };
  const message = { type: 'TokenUpdate', channel, topic, ...token } as const;
  await updateToken(runner, reactions, await knownMac(database, certificateSha256), message);
  const device = arrived.value;
  await transaction(database, async (tx) => {
    await sql`update devices set encryption_enabled = ${encrypted}, has_personal_recovery_key = ${encrypted},
      encryption_reported_at = ${encrypted === null ? null : clock.now()} where id = ${device}`.execute(tx);
    const id = randomIds.next<'command'>();
    const command = { id, enrollment, device, kind: 'InstallProfile', intent: {} } as const;
    if (profile) await queueCommand(tx, escrow.wake, command, clock.now());
  });
  return { device, enrollment, udid, certificateSha256 };
}

async function knownMac(database: Database, certificateSha256: Buffer): Promise<KnownMac> {
  const known = await findMacByCertificate(database, certificateSha256);
  if (known === null) throw new Error('an unknown certificate');
  return known;
}

async function addKey(
  { database, clock }: Base,
  keys: KeyEncryption,
  mac: Mac,
  state: KeyVersionState,
): Promise<string> {
  const key = newKey();
  const id = randomIds.next<'key-version'>();
  const ownershipClass = (await findDevice(database, mac.device))?.ownership ?? 'personal';
  const sealed = await seal(Secret.fromText(key), keyBinding(mac.device, id, ownershipClass), keys);
  await transaction(database, async (tx) => {
    const proved = state === 'current' || state === 'superseded';
    await insertVersion(
      tx,
      {
        id,
        device: mac.device,
        version: await takeKeyVersionNumber(tx, mac.device),
        state,
        source: 'rotation',
        ownershipClass,
        sealed,
        enrollment: mac.enrollment,
        confirmedEnrollment: mac.enrollment,
        answer: null,
        storedBy: null,
        provenAt: proved ? clock.now() : null,
      },
      clock.now(),
    );
  });
  return key;
}

/** The id of a version by its number. */
export async function versionId(database: Database, mac: Mac, version: number): Promise<KeyVersionId> {
  const { rows } = await sql<{ id: KeyVersionId }>`
    select id from key_versions where device_id = ${mac.device} and version = ${version}`.execute(database);
  const row = rows[0];
  if (row === undefined) throw new Error('no such version');
  return row.id;
}
