import type { LookupFunction } from 'node:net';
import { parseArgs } from 'node:util';
import { surveyConfig } from '../config.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { CheckContext } from './doctor/check.ts';
import { settingsFindings } from './doctor/checks/settings-findings.ts';
import { checks } from './doctor/checks.ts';
import { databaseAccess } from './doctor/database-access.ts';
import { askLocalServer, type LocalServer } from './doctor/local-server.ts';
import type { Trust } from './doctor/reach.ts';
import { isSound, reportJson, reportLines } from './doctor/report.ts';
import { machineTrust } from './doctor/roots.ts';
import { runChecks } from './doctor/run-checks.ts';
import type { CliWorld } from './world.ts';

export const DOCTOR_HELP = `keyhaven doctor: looks at an installation from outside and in, and says what to do

  --json     the report for programs
  --online   asks Apple's push service too; else only what the settings name is asked
  --help

Run it where keyhaven serve runs, with the same environment, while that runs or before. It changes
nothing, and prints no secret. The exit code is 0 where nothing has failed, and 1 otherwise.`;

/** What the command takes from around it; a test gives its own. */
export type Surroundings = {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly trust?: Trust;
  readonly lookup?: LookupFunction;
  readonly clock?: Clock;
  /** Milliseconds for one check; default 10 s. */
  readonly limitMs?: number;
};

/** `keyhaven doctor`: answers the exit code. */
export async function runDoctor(
  args: readonly string[],
  world: Pick<CliWorld, 'print'>,
  surroundings: Surroundings = {},
): Promise<number> {
  const wanted = readArguments(args);
  if (wanted === null || wanted.help) {
    world.print(DOCTOR_HELP);
    return wanted === null ? 2 : 0;
  }
  const { config, problems } = surveyConfig(surroundings.environment);
  const limitMs = surroundings.limitMs ?? 10_000;
  // What several checks live on is there, or known to be away, before their own time is up.
  const database = databaseAccess(config, limitMs / 2);
  const trust = surroundings.trust ?? machineTrust();
  let server: Promise<LocalServer> | null = null;
  const context: Omit<CheckContext, 'signal'> = {
    config,
    clock: surroundings.clock ?? systemClock,
    trust,
    ...(surroundings.lookup === undefined ? {} : { lookup: surroundings.lookup }),
    online: wanted.online,
    database: database.open,
    localServer: () => {
      server ??= askLocalServer(config, { trust, signal: AbortSignal.timeout(limitMs / 2) });
      return server;
    },
  };
  try {
    const checked = [
      { name: 'settings', findings: settingsFindings(problems, config.identity.mode) },
      ...(await runChecks(checks, context, { problems, limitMs })),
    ];
    if (wanted.json) world.print(reportJson(checked));
    else for (const line of reportLines(checked)) world.print(line);
    return isSound(checked) ? 0 : 1;
  } finally {
    await database.close();
  }
}

type Arguments = { readonly help: boolean; readonly json: boolean; readonly online: boolean };

function readArguments(args: readonly string[]): Arguments | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        online: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch {
    return null;
  }
}
