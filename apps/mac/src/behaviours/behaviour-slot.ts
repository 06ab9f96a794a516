import { answers, type Behaviour } from './behaviour.ts';

/** How a behaviour is set. */
export type BehaviourSetting = {
  /** 'once': for one command (or push); absent: until changed, or as long as its own span. */
  readonly times?: 'once';
  /** Request types instead of the behaviour's own; null: all. */
  readonly commands?: readonly string[] | null;
};

/** The behaviour in force, counting down to `answers` where it is set for a while. */
export class BehaviourSlot {
  #current: Behaviour = answers;
  #left: number | null = null;

  get name(): string {
    return this.#current.name;
  }

  get looksUnencrypted(): boolean {
    return this.#current.looksUnencrypted;
  }

  set(behaviour: Behaviour, setting: BehaviourSetting = {}): void {
    const commands = setting.commands === undefined ? behaviour.commands : setting.commands;
    this.#current = { ...behaviour, commands };
    this.#left = behaviour.span ?? (setting.times === 'once' ? 1 : null);
  }

  /** Whether a push wakes the Mac; one that does not counts as a time. */
  hearsPush(): boolean {
    if (this.#current.hearsPushes) return true;
    this.#countDown();
    return false;
  }

  /** The behaviour for this command. */
  forCommand(requestType: string): Behaviour {
    const { commands, hearsPushes } = this.#current;
    if (!hearsPushes || (commands !== null && !commands.includes(requestType))) return answers;
    return this.#current;
  }

  /** `used`, from forCommand, has had its command. */
  spent(used: Behaviour): void {
    if (used === this.#current) this.#countDown();
  }

  #countDown(): void {
    if (this.#left === null) return;
    this.#left -= 1;
    if (this.#left <= 0) this.set(answers);
  }
}
