import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { readConfig } from 'keyhaven/config';
import { startServer } from 'keyhaven/main';
import { startEmbeddedPostgres } from 'keyhaven/platform/db/embedded-postgres';
import { openLog } from 'keyhaven/platform/log/log';
import { usageOfTree } from './process-cpu.ts';
import { startProfile } from './profiling.ts';
import { countStatements, type StatementCount } from './statement-count.ts';

/** Processor time and memory of the server and of its database, since they began. */
export type ServerUsage = {
  readonly cpuMs: number;
  readonly residentMb: number;
  readonly databaseCpuMs: number;
  readonly databaseMb: number;
};

/** What the bench asks of this process, and gets. `profile`: until the next `profiled`, into that file. */
export type Asked =
  | { readonly kind: 'usage' }
  | { readonly kind: 'count' }
  | { readonly kind: 'counted' }
  | { readonly kind: 'profile' }
  | { readonly kind: 'profiled'; readonly file: string }
  | { readonly kind: 'run-timers' }
  | { readonly kind: 'fill-key-pool'; readonly size: number }
  | { readonly kind: 'stop' };
export type Answered = ServerUsage | readonly StatementCount[] | null;

export type FromBenchServer =
  | { readonly kind: 'serving'; readonly url: string; readonly databasePid: number }
  | { readonly kind: 'answered'; readonly answer: Answered };

/** The server and its embedded database, in the configuration of the evaluation but without its Macs. */
async function run(dataFolder: string, port: string, apnsUrl: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const log = openLog({ destination: { write: (line: string) => void process.stderr.write(line) } });
  const postgres = await startEmbeddedPostgres({ folder: path.join(dataFolder, 'postgres') });
  const server = await startServer({
    config: readConfig({
      KEYHAVEN_PORT: port,
      KEYHAVEN_DATA: dataFolder,
      KEYHAVEN_APNS_URL: apnsUrl,
    }),
    connectionString: postgres.connectionString,
    log,
  });
  const counter = countStatements();
  let endProfile: ((file: string) => Promise<void>) | null = null;

  const usage = (): ServerUsage => {
    const { user, system } = process.cpuUsage();
    const database = usageOfTree(postgres.pid());
    return {
      cpuMs: (user + system) / 1000,
      residentMb: process.memoryUsage.rss() / 1e6,
      databaseCpuMs: database?.cpuMs ?? Number.NaN,
      databaseMb: database?.residentMb ?? Number.NaN,
    };
  };
  const answer = async (asked: Asked): Promise<Answered> => {
    switch (asked.kind) {
      case 'usage':
        return usage();
      case 'count':
        counter.begin();
        return null;
      case 'counted':
        return counter.end();
      case 'profile':
        endProfile = await startProfile();
        return null;
      case 'profiled':
        await endProfile?.(asked.file);
        return null;
      case 'fill-key-pool':
        await server.fillKeyPool(asked.size);
        return null;
      case 'run-timers':
        await server.runTimers();
        return null;
      case 'stop':
        await server.stop();
        await postgres.stop();
        return null;
    }
  };
  const reply = async (asked: Asked): Promise<void> => {
    tell({ kind: 'answered', answer: await answer(asked) });
    if (asked.kind === 'stop') process.disconnect();
  };
  process.on('message', (asked: Asked) => {
    void reply(asked).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  });
  // The bench's end, however it comes, is ours; PostgreSQL ends with us.
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
  tell({ kind: 'serving', url: server.url.href, databasePid: postgres.pid() });
}

const tell = (message: FromBenchServer): void => void process.send?.(message);

const [dataFolder = '', port = '', apnsUrl = ''] = process.argv.slice(2);
await run(dataFolder, port, apnsUrl);
