import type { Command, CommandResult } from '../commands/command.ts';

/** A command in a behaviour's hands. */
export type Turn = {
  readonly command: Command;
  /** Does what the command asks and keeps its effect; the result goes nowhere by itself. */
  readonly carryOut: () => Promise<CommandResult>;
  /** Wipes the Mac: no FileVault, no keys, no profiles, no enrollment. */
  readonly erase: () => void;
  /** Gets a new enrollment profile and enrolls with it. */
  readonly reEnroll: () => Promise<void>;
};

/** What leaves the Mac for a command. */
export type Outcome =
  | { readonly kind: 'answers'; readonly result: CommandResult; readonly copies: 1 | 2 }
  /** Nothing leaves, and the result is forgotten; `stops`: the Mac is out until a push or a restart. */
  | { readonly kind: 'silent'; readonly stops: boolean };

/** A way of behaving: data, and one hook. */
export type Behaviour = {
  readonly name: string;
  /** Request types it changes; null: all. */
  readonly commands: readonly string[] | null;
  /** How many commands it changes before the Mac answers again; null: as long as it is set. */
  readonly span: number | null;
  readonly hearsPushes: boolean;
  /** The Mac says that FileVault is off, whatever the truth. */
  readonly looksUnencrypted: boolean;
  readonly onCommand: (turn: Turn) => Promise<Outcome>;
};

/** The usual course: carry out, answer once. */
export const answers: Behaviour = {
  name: 'answers',
  commands: null,
  span: null,
  hearsPushes: true,
  looksUnencrypted: false,
  onCommand: async (turn) => ({ kind: 'answers', result: await turn.carryOut(), copies: 1 }),
};

export const ROTATION_ONLY: readonly string[] = ['RotateFileVaultKey'];
