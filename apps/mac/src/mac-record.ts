import type { MacMemory, Remembered } from './mac-memory.ts';
import type { MacState, UnansweredResult } from './mac-state.ts';

/** What a Mac's owner has on paper. */
export type Paper = {
  readonly udid: string;
  readonly serialNumber: string;
  /** Null while FileVault is off. */
  readonly currentRecoveryKey: string | null;
};

/** Told of changes once they are saved, and awaited before anything that depends on them leaves the Mac. */
export type MacWatchers = {
  readonly onRecoveryKeyChanged?: (paper: Paper) => Promise<void> | void;
  readonly onPushTokenChanged?: (token: Buffer | null) => void;
};

/** The Mac's state in use, and what of it is saved. */
export class MacRecord {
  state: MacState;
  unanswered: UnansweredResult | null;
  #saved: Remembered;
  #toldKey: string | null;
  #toldToken: Buffer | null;
  readonly #memory: MacMemory;
  readonly #watchers: MacWatchers;

  constructor(remembered: Remembered, memory: MacMemory, watchers: MacWatchers) {
    this.state = remembered.state;
    this.unanswered = remembered.unanswered;
    this.#saved = remembered;
    this.#toldKey = remembered.state.fileVault.currentRecoveryKey;
    this.#toldToken = remembered.state.enrollment?.token ?? null;
    this.#memory = memory;
    this.#watchers = watchers;
  }

  paper(): Paper {
    const { udid, serialNumber } = this.state.identity;
    return { udid, serialNumber, currentRecoveryKey: this.state.fileVault.currentRecoveryKey };
  }

  /** Saves a changed state (with the result owed) and tells the watchers. */
  async keepState(): Promise<void> {
    if (this.state !== this.#saved.state) await this.#save();
    await this.#tell();
  }

  /** Saves the owed result where the saved one differs: when the server did not take it, and when it did. */
  async keepUnanswered(): Promise<void> {
    if (this.unanswered !== this.#saved.unanswered) await this.#save();
  }

  async #save(): Promise<void> {
    const remembered = { state: this.state, unanswered: this.unanswered };
    await this.#memory.save(remembered);
    this.#saved = remembered;
  }

  async #tell(): Promise<void> {
    const token = this.state.enrollment?.token ?? null;
    if (token !== this.#toldToken) {
      this.#toldToken = token;
      this.#watchers.onPushTokenChanged?.(token);
    }
    const { currentRecoveryKey } = this.state.fileVault;
    if (currentRecoveryKey === this.#toldKey) return;
    await this.#watchers.onRecoveryKeyChanged?.(this.paper());
    this.#toldKey = currentRecoveryKey;
  }
}
