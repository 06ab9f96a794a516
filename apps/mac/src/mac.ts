import { type Backup, withBackup } from './backup.ts';
import type { Behaviour } from './behaviours/behaviour.ts';
import { type BehaviourSetting, BehaviourSlot } from './behaviours/behaviour-slot.ts';
import { checkOut, enrollMac, withoutEnrollment } from './enrollment.ts';
import { withErasedDisk, withNewLogicBoard } from './erased-disk.ts';
import { withFileVaultOff, withNewRecoveryKey } from './file-vault.ts';
import { APPLE_HABITS, type Habits } from './habits.ts';
import { inventIdentity, type MacIdentity } from './identity.ts';
import { folderMemory, noMemory, type Remembered, readFolder } from './mac-memory.ts';
import { lineKeeper, type MacParts } from './mac-parts.ts';
import { MacRecord, type MacWatchers, type Paper } from './mac-record.ts';
import { FILEVAULT_OFF, type MacState } from './mac-state.ts';
import { readProfile } from './profile.ts';
import { holdSession } from './session.ts';
import { realSurroundings, type Surroundings } from './surroundings.ts';

export type MacOptions = MacWatchers & {
  /** Where it remembers; absent: in memory only. A Mac found there is taken as it is. */
  readonly folder?: string;
  /** For a new Mac only. Anything may be claimed: what another Mac says of itself, too. */
  readonly identity?: Partial<MacIdentity>;
  /** For a new Mac only: the whole disk is a copy of this one, the identity certificate and FileVault's key with it. */
  readonly copyOf?: Backup;
  /** For a new Mac only; absent: as Apple's. */
  readonly habits?: Partial<Habits>;
  /** For a new Mac only; absent: on, with a key made by hand before any management. */
  readonly fileVaultEnabled?: boolean;
  /** Delay before an untaken result is repeated; 5,000 where absent. */
  readonly retryMilliseconds?: number;
  /** PEM certificates to trust instead of the public ones. */
  readonly trust?: string;
  /** Gets a profile for the behaviour `re-enrolls`. */
  readonly reEnroll?: (mac: SimulatedMac) => Promise<Buffer>;
  readonly surroundings?: Surroundings;
};

/** One simulated Mac. What it is asked to do, it does one thing after another. */
export class SimulatedMac {
  readonly #parts: MacParts;
  readonly #retryMilliseconds: number;
  #queue: Promise<unknown> = Promise.resolve();
  #awaitedPoll: Promise<void> | null = null;
  #cancelTimer: () => void = () => undefined;
  #profileAtHand: Buffer | null = null;
  #pushCount = 0;
  #stopped = false;
  #closed = false;

  private constructor(record: MacRecord, options: MacOptions, surroundings: Surroundings) {
    const { trust, reEnroll } = options;
    this.#retryMilliseconds = options.retryMilliseconds ?? 5000;
    this.#parts = {
      record,
      surroundings,
      behaviour: new BehaviourSlot(),
      line: lineKeeper(record, surroundings, trust),
      trust,
      reEnroll: async () => this.#takeKeptProfile() ?? (await reEnroll?.(this)) ?? null,
    };
  }

  /** A new Mac, or the one its folder remembers. It says nothing before it is polled, woken or pushed. */
  static async open(options: MacOptions = {}): Promise<SimulatedMac> {
    const surroundings = options.surroundings ?? realSurroundings;
    const memory = options.folder === undefined ? noMemory : folderMemory(options.folder);
    const known = options.folder === undefined ? null : await readFolder(options.folder);
    const remembered = known ?? newMac(options, surroundings);
    if (known === null) await memory.save(remembered);
    return new SimulatedMac(new MacRecord(remembered, memory, options), options, surroundings);
  }

  get identity(): MacIdentity {
    return this.state.identity;
  }

  /** Everything it knows; the truth that tests hold a server against. */
  get state(): MacState {
    return this.#parts.record.state;
  }

  get paper(): Paper {
    return this.#parts.record.paper();
  }

  get behaviour(): string {
    return this.#parts.behaviour.name;
  }

  /** Whether it owes the server a result. */
  get owesResult(): boolean {
    return this.#parts.record.unanswered !== null;
  }

  /** Pushes with its magic that have reached it, heard or not. */
  get pushCount(): number {
    return this.#pushCount;
  }

  /** Installs an enrollment profile. Throws ProfileError, ScepError, EnrollmentError. */
  enroll(profile: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      await enrollMac(this.#parts, profile);
      if (this.state.enrollment?.tokenDelivered !== true) this.#pollLater();
    });
  }

  /** Removes the enrollment at the Mac: CheckOut where the profile asks for it. */
  unenroll(): Promise<void> {
    return this.#inTurn(async () => {
      await checkOut(this.#parts);
      await this.#become(withoutEnrollment(this.state));
    });
  }

  /** A push: wakes the Mac when the magic is its own; several are one. */
  push(pushMagic: string): void {
    if (pushMagic !== this.state.enrollment?.pushMagic) return;
    this.#pushCount += 1;
    if (!this.#parts.behaviour.hearsPush()) return;
    this.#stopped = false;
    void this.poll().catch(() => this.#pollLater());
  }

  /** Connects to the server; done when the session is over. */
  poll(): Promise<void> {
    if (this.#awaitedPoll !== null) return this.#awaitedPoll;
    const poll = this.#inTurn(async () => {
      this.#awaitedPoll = null;
      if (this.#stopped || this.#closed) return;
      this.#cancelTimer();
      const end = await holdSession(this.#parts).catch((error: unknown) => {
        this.#pollLater();
        throw error;
      });
      if (end === 'stopped') this.#stopped = true;
      if (end === 'later') this.#pollLater();
    });
    this.#awaitedPoll = poll;
    return poll;
  }

  /** A hand on the lid: polls, whatever keeps the Mac from hearing pushes. */
  wake(): Promise<void> {
    this.#stopped = false;
    return this.poll();
  }

  setBehaviour(behaviour: Behaviour, setting: BehaviourSetting = {}): void {
    this.#parts.behaviour.set(behaviour, setting);
  }

  /** The profile that `re-enrolls` will use, before it asks for one. */
  keepForReEnrollment(profile: Buffer): void {
    this.#profileAtHand = profile;
  }

  /** On: a new personal key, and its escrow copy where an escrow payload is installed. */
  turnFileVaultOn(): Promise<void> {
    return this.#inTurn(() =>
      this.state.fileVault.enabled
        ? Promise.resolve()
        : this.#become(withNewRecoveryKey(this.state, this.#parts.surroundings)),
    );
  }

  turnFileVaultOff(): Promise<void> {
    return this.#inTurn(() => this.#become(withFileVaultOff(this.state)));
  }

  /** What `fdesetup changerecovery -personal` does at the Mac. */
  makeNewRecoveryKey(): Promise<void> {
    return this.#inTurn(() =>
      this.state.fileVault.enabled
        ? this.#become(withNewRecoveryKey(this.state, this.#parts.surroundings))
        : Promise.resolve(),
    );
  }

  /** A profile that somebody installs at the Mac, beside all management. Throws ProfileError. */
  installByHand(profile: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      const added = readProfile(profile).profile;
      const others = this.state.profiles.filter(({ identifier }) => identifier !== added.identifier);
      await this.#become({ ...this.state, profiles: [...others, added] });
    });
  }

  /** A profile that somebody with the rights removes at the Mac. */
  removeByHand(identifier: string): Promise<void> {
    return this.#inTurn(() => {
      const profiles = this.state.profiles.filter((profile) => profile.identifier !== identifier);
      return this.#become({ ...this.state, profiles });
    });
  }

  /** Restart and login: a FileVault that a profile asked for turns on, and the Mac polls. */
  async restart(): Promise<void> {
    this.#cancelTimer();
    const asked = this.state.profiles.some((profile) => profile.wantsFileVault);
    if (asked) await this.turnFileVaultOn();
    await this.wake();
  }

  /** Wiped and set up as new, under the same serial number. */
  erase(): Promise<void> {
    return this.#inTurn(() => this.#become(withErasedDisk(this.state), null));
  }

  /** Its file system as it is now. Holds its identity's private key and what it knows of its recovery keys. */
  backUp(): Promise<Backup> {
    const { record } = this.#parts;
    return this.#inTurn(async () => ({ state: record.state, unanswered: record.unanswered }));
  }

  /** Puts the file system of an earlier day back. Hardware and FileVault's key stay what they are. */
  restore(backup: Backup): Promise<void> {
    return this.#inTurn(() => this.#become(withBackup(this.state, backup), backup.unanswered));
  }

  /** A repair: another UDID and an erased disk. */
  swapLogicBoard(serialNumber: 'kept' | 'new' = 'kept'): Promise<void> {
    return this.#inTurn(() =>
      this.#become(withNewLogicBoard(this.state, this.#parts.surroundings, serialNumber), null),
    );
  }

  /** Everything under way has ended. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** Cuts the connection and never polls again; a result not taken stays owed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    const { enrollment } = this.state;
    if (enrollment !== null) this.#parts.line(enrollment).hangUp();
    await this.settled();
    this.#cancelTimer();
  }

  #takeKeptProfile(): Buffer | null {
    const profile = this.#profileAtHand;
    this.#profileAtHand = null;
    return profile;
  }

  async #become(state: MacState, unanswered = this.#parts.record.unanswered): Promise<void> {
    this.#parts.record.state = state;
    this.#parts.record.unanswered = unanswered;
    await this.#parts.record.keepState();
  }

  #pollLater(): void {
    this.#cancelTimer();
    if (this.#closed) return;
    this.#cancelTimer = this.#parts.surroundings.after(this.#retryMilliseconds, () => {
      void this.poll().catch(() => this.#pollLater());
    });
  }

  #inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
    const run = this.#queue.then(task);
    this.#queue = run.catch(() => undefined);
    return run;
  }
}

function newMac(options: MacOptions, surroundings: Surroundings): Remembered {
  const { copyOf, identity } = options;
  if (copyOf === undefined) return { state: newState(options, surroundings), unanswered: null };
  const state = { ...copyOf.state, identity: { ...copyOf.state.identity, ...identity } };
  return { state, unanswered: copyOf.unanswered };
}

function newState(options: MacOptions, surroundings: Surroundings): MacState {
  const state: MacState = {
    identity: inventIdentity(surroundings, options.identity),
    habits: { ...APPLE_HABITS, ...options.habits },
    fileVault: FILEVAULT_OFF,
    profiles: [],
    enrollment: null,
    formerTokens: [],
  };
  return (options.fileVaultEnabled ?? true) ? withNewRecoveryKey(state, surroundings) : state;
}
