import type { Config } from '../../config.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { DatabaseAccess } from './database-access.ts';
import type { Finding } from './finding.ts';
import type { LocalServer } from './local-server.ts';
import type { Reach } from './reach.ts';

/** What a check may look at. Nothing here writes. */
export type CheckContext = Reach & {
  readonly config: Config;
  readonly clock: Clock;
  /** Whether services that no setting of the installation's own names may be asked: Apple's. */
  readonly online: boolean;
  /** Opened by the first that asks, for all. */
  readonly database: () => Promise<DatabaseAccess>;
  /** The server of this installation on this machine, as it is reached without any proxy. */
  readonly localServer: () => Promise<LocalServer>;
};

/** One line of the table of checks. */
export type Check = {
  /** One or two words, in the first column of the report. */
  readonly name: string;
  /** Beginnings of the settings it lives on; with one of them out of order it is left out. */
  readonly settings: readonly string[];
  /** May throw: then the check has failed, and nothing of the error is shown but its code. */
  readonly look: (context: CheckContext) => Promise<readonly Finding[]>;
};
