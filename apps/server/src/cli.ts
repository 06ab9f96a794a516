import process from 'node:process';
import { runMacCommand } from '@keyhaven/mac/cli';
import { MasterKeyFileError } from '@keyhaven/sealing/master-key-file';
import { runDoctor } from './cli/doctor.ts';
import { start } from './cli/start.ts';
import type { CliWorld } from './cli/world.ts';
import { ConfigRefused } from './config.ts';
import { EmbeddedPostgresFailed } from './platform/db/embedded-failure.ts';
import { MigrationRefused } from './platform/db/migrate.ts';

const help = `keyhaven <command>

  serve      the server; without KEYHAVEN_OIDC_ISSUER in evaluation mode, with simulated Macs
  mac        simulated Macs for evaluation and tests (keyhaven mac --help)
  doctor     looks at an installation and says what is wrong (keyhaven doctor --help)

Settings are environment variables, KEYHAVEN_PORT and KEYHAVEN_DATA for a start; see README.md.`;

const laterCommands = new Set([
  'worker',
  'vault',
  'audit',
  'keys',
  'backup',
  'restore',
  'recover',
  'import',
  'export',
  'bench',
]);

function newWorld(): CliWorld {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  return { print: (line) => void process.stdout.write(`${line}\n`), untilStopped: () => stopped };
}

async function run(command: string | undefined, args: readonly string[], world: CliWorld): Promise<number> {
  if (command === 'mac') return runMacCommand(args, world);
  if (command === 'doctor') return runDoctor(args, world);
  if ((command === 'start' || command === 'serve') && !args.includes('--help')) return start(world);
  if (command !== undefined && laterCommands.has(command)) {
    world.print(`keyhaven ${command} comes with a later version.`);
    return 2;
  }
  world.print(help);
  return command === undefined || command === '--help' || args.includes('--help') ? 0 : 2;
}

/** What went wrong, in a sentence for the person at the terminal. */
function wordsOf(error: unknown): string {
  const known =
    error instanceof ConfigRefused ||
    error instanceof EmbeddedPostgresFailed ||
    error instanceof MigrationRefused ||
    error instanceof MasterKeyFileError;
  if (known) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'The port is taken. Stop what uses it, or choose another with KEYHAVEN_PORT.';
  }
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown fault';
}

const [command, ...args] = process.argv.slice(2);
run(command, args, newWorld()).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`keyhaven: ${wordsOf(error)}\n`);
    process.exit(1);
  },
);
