/** What a command has of the world outside. */
export type CliWorld = {
  readonly print: (line: string) => void;
  /** Resolves when the person, or the system, wants us to end. */
  readonly untilStopped: () => Promise<void>;
};
