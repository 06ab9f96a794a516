import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { ensureWebBuilt } from '../evaluation/build-web.ts';
import { evaluationAccounts } from '../evaluation/identity-provider/accounts.ts';
import { type EvaluationMacs, startEvaluationMacs } from '../evaluation/macs.ts';
import { settleFolderMode } from '../installation.ts';
import { type Server, startServer } from '../main.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { openLog } from '../platform/log/log.ts';
import type { CliWorld } from './world.ts';

/** `keyhaven start` and `keyhaven serve`: the whole product until it is told to stop. Answers the exit code. */
export async function start(world: CliWorld): Promise<number> {
  const config = readConfig();
  const log = openLog();
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  await settleFolderMode(config);
  const evaluation = config.identity.mode === 'evaluation';
  const opened: (() => Promise<void>)[] = [];
  let fail: (words: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => {
    fail = resolve;
  });
  try {
    const [macs, database] = await Promise.all([
      evaluation ? startEvaluationMacs(config.dataFolder, (words) => fail(words)) : null,
      config.databaseUrl === null ? startEmbedded(config, log) : null,
      ensureWebBuilt(),
    ]);
    if (database !== null) opened.unshift(database.stop);
    const server = await startServer({
      config:
        macs === null ? config : { ...config, apns: { url: macs.apnsUrl, certificate: null, key: null } },
      connectionString: database?.connectionString ?? config.databaseUrl ?? '',
      log,
      surroundingsReady: () => macs?.isReady() ?? true,
    });
    opened.unshift(server.stop);
    if (macs !== null) opened.unshift(macs.stop);
    if (macs === null) world.print(`Keyhaven is ready at ${server.url.origin}`);
    else await introduce(world, server, macs);
    const ended = await Promise.race([world.untilStopped().then(() => null), failed]);
    if (ended !== null) world.print(ended);
    return ended === null ? 0 : 1;
  } finally {
    for (const close of opened) await close();
  }
}

const startEmbedded = (config: Config, log: ReturnType<typeof openLog>): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ folder: path.join(config.dataFolder, 'postgres'), log });

/** What a stranger needs to know, printed once. */
async function introduce(world: CliWorld, server: Server, macs: EvaluationMacs): Promise<void> {
  const papers = await macs.begin(server.url);
  world.print('');
  world.print(`Keyhaven is ready at ${server.url.origin} (evaluation: this machine only, invented Macs)`);
  world.print('');
  world.print('Sign in with the password "keyhaven" as');
  for (const { email, name, role } of evaluationAccounts)
    world.print(`  ${email.padEnd(24)} ${name}, ${role}`);
  world.print('');
  world.print('The papers in their drawers: the current recovery key of each simulated Mac');
  for (const { name, key } of papers) world.print(`  ${name.padEnd(24)} ${key ?? 'none'}`);
  world.print('');
  world.print('Stop with Ctrl-C. What you do is kept in the data folder.');
}
