import { parseAnswer } from '@keyhaven/apple-mdm/command-answer';
import { readCommand } from '@keyhaven/apple-mdm/commands/command';
import { writePlist } from '@keyhaven/apple-mdm/plist';
import { dataAt, dictAt, stringAt } from '@keyhaven/apple-mdm/plist/access';
import type { PlistDict } from '@keyhaven/apple-mdm/plist/value';
import { readCertificate } from '@keyhaven/mac/certificate';
import { APPLE_ENVELOPE, envelop } from '@keyhaven/mac/cms/enveloped-data';
import { sql } from 'kysely';
import { findDevice } from '../devices/devices.ts';
import { profileList } from './answering-mac.fixture.ts';
import { type EscrowWorld, type Mac, newKey } from './escrow-world.fixture.ts';

/** What the Mac does when it is told to rotate. */
export type OnRotation =
  | 'rotate'
  /** Rotates, and its answer never arrives. */
  | 'lose'
  /** Gets the command and goes away without carrying it out. */
  | 'vanish'
  | 'put-off'
  /** Rotates and hands back bytes that are no CMS to its escrow key. */
  | 'garble'
  /** Rotates and says so without the key. */
  | 'mute';

/** A Mac's side of the conversation, without HTTP: what its disk unlocks with, and what it answers. */
export class PaperMac {
  readonly #world: EscrowWorld;
  readonly mac: Mac;
  key: string;
  /** The key that its escrow copy holds; null: none was made since the profile came. */
  copy: string | null = null;
  encrypted = true;
  onRotation: OnRotation = 'rotate';
  /** Every rotation it was told, as the key it was to unlock with. */
  readonly toldKeys: string[] = [];
  readonly told: string[] = [];

  constructor(world: EscrowWorld, mac: Mac, key = newKey()) {
    this.#world = world;
    this.mac = mac;
    this.key = key;
  }

  /** Polls until it is told nothing more, as a Mac does when it is woken. */
  async poll(): Promise<void> {
    let body = await this.#say({ Status: 'Idle' });
    while (body !== null) {
      const answer = await this.#obey(body);
      if (answer === null) return;
      body = await this.#say(answer);
    }
  }

  /** Sends an answer as it stands, once more if need be. Returns the next command. */
  async #say(answer: PlistDict): Promise<Buffer | null> {
    const raw = writePlist({ UDID: this.mac.udid, ...answer });
    const { database, conversation } = this.#world;
    const device = await findDevice(database, this.mac.device);
    if (device === null) throw new Error('no such Mac');
    const standing = device.enrollmentId === this.mac.enrollment ? 'active' : 'ended';
    const { enrollment } = this.mac;
    const caller = { enrollment, device: device.id, ownership: device.ownership, standing } as const;
    return (await conversation.hear(caller, parseAnswer(raw), raw)).body;
  }

  async #obey(body: Buffer): Promise<PlistDict | null> {
    const command = readCommand(body);
    const CommandUUID = command.commandUuid;
    this.told.push(command.requestType);
    switch (command.requestType) {
      case 'SecurityInfo':
        return { Status: 'Acknowledged', CommandUUID, SecurityInfo: await this.#securityInfo() };
      case 'ProfileList':
        return profileList(this.mac, CommandUUID);
      case 'RotateFileVaultKey':
        return this.#rotate(CommandUUID, command.request);
      default:
        return { Status: 'Acknowledged', CommandUUID, QueryResponses: {} };
    }
  }

  async #securityInfo(): Promise<PlistDict> {
    const certificate = this.copy === null ? null : await this.#escrowCertificate();
    return {
      FDE_Enabled: this.encrypted,
      FDE_HasPersonalRecoveryKey: this.encrypted,
      ...(certificate === null || this.copy === null
        ? {}
        : { FDE_PersonalRecoveryKeyCMS: sealTo(certificate, this.copy) }),
    };
  }

  #rotate(CommandUUID: string, request: PlistDict): PlistDict | null {
    const told = stringAt(dictAt(request, 'FileVaultUnlock') ?? {}, 'Password') ?? '';
    this.toldKeys.push(told);
    if (this.onRotation === 'put-off') return { Status: 'NotNow', CommandUUID };
    if (this.onRotation === 'vanish') return null;
    if (told !== this.key) {
      const fault = {
        ErrorCode: 70001,
        ErrorDomain: 'MCMDMErrorDomain',
        USEnglishDescription: 'Unable to rotate',
      };
      return { Status: 'Error', CommandUUID, ErrorChain: [{ ...fault, LocalizedDescription: 'Nein' }] };
    }
    this.key = newKey();
    this.copy = this.key;
    if (this.onRotation === 'lose') return null;
    const done = { Status: 'Acknowledged', CommandUUID };
    if (this.onRotation === 'mute') return done;
    const certificate = dataAt(request, 'ReplyEncryptionCertificate') ?? Buffer.alloc(0);
    const sealed = this.onRotation === 'garble' ? Buffer.from('garbled') : sealTo(certificate, this.key);
    return { ...done, RotateResult: { EncryptedNewRecoveryKey: sealed } };
  }

  async #escrowCertificate(): Promise<Buffer | null> {
    const { rows } = await sql<{ certificate: Buffer }>`
      select certificate_der as certificate from escrow_keys
      where enrollment_id = ${this.mac.enrollment}`.execute(this.#world.database);
    return rows[0]?.certificate ?? null;
  }
}

const sealTo = (certificate: Buffer, key: string): Buffer =>
  envelop(Buffer.from(key), readCertificate(certificate), APPLE_ENVELOPE);
