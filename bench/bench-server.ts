import { fork, spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import type { Answered, Asked, FromBenchServer, ServerUsage } from './server-process.ts';
import type { StatementCount } from './statement-count.ts';

/** The server under test, in a process of its own. */
export type BenchServer = {
  readonly url: URL;
  readonly usage: () => Promise<ServerUsage>;
  readonly count: () => Promise<void>;
  readonly counted: () => Promise<readonly StatementCount[]>;
  readonly profile: () => Promise<void>;
  readonly profiled: (file: string) => Promise<void>;
  readonly runTimers: () => Promise<void>;
  /** Makes so many escrow key pairs ahead of need, and waits for them. */
  readonly fillKeyPool: (size: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type BenchServerOptions = {
  readonly dataFolder: string;
  readonly port: number;
  readonly apnsUrl: string;
  readonly oneCore: boolean;
};

const stopsWithinMs = 15_000;

/** Starts it; it ends with this process, however that ends. Throws when it does not come to serve. */
export async function startBenchServer(options: BenchServerOptions): Promise<BenchServer> {
  const { dataFolder, port, apnsUrl, oneCore } = options;
  const child = fork(
    path.join(import.meta.dirname, 'server-process.ts'),
    [dataFolder, String(port), apnsUrl],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  // Before it starts its database, which stays where its parent is.
  if (oneCore) {
    pin(child.pid, 0);
    pin(process.pid, 1);
  }
  const hear = <Kind extends FromBenchServer['kind']>(
    kind: Kind,
  ): Promise<Extract<FromBenchServer, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      const end = (): void => reject(new Error('the server under test ended'));
      child.once('exit', end);
      child.once('message', (message: FromBenchServer) => {
        child.off('exit', end);
        if (message.kind !== kind) return reject(new Error(`the server said ${message.kind}`));
        // Safe because the kind was just compared.
        resolve(message as Extract<FromBenchServer, { kind: Kind }>);
      });
    });
  const { url } = await hear('serving');
  // One question at a time, so that the next answer is its own.
  const ask = async (asked: Asked): Promise<Answered> => {
    const heard = hear('answered');
    child.send(asked);
    return (await heard).answer;
  };
  return {
    url: new URL(url),
    // Safe because of what server-process.ts answers to each kind.
    usage: async () => (await ask({ kind: 'usage' })) as ServerUsage,
    count: async () => void (await ask({ kind: 'count' })),
    // Safe as above.
    counted: async () => (await ask({ kind: 'counted' })) as readonly StatementCount[],
    profile: async () => void (await ask({ kind: 'profile' })),
    profiled: async (file) => void (await ask({ kind: 'profiled', file })),
    fillKeyPool: async (size) => void (await ask({ kind: 'fill-key-pool', size })),
    runTimers: async () => void (await ask({ kind: 'run-timers' })),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // Should it not stop by itself, it is killed, and its database with it.
      const tooLong = setTimeout(() => {
        process.stderr.write('the server under test did not stop and is killed\n');
        child.kill('SIGKILL');
      }, stopsWithinMs);
      await ask({ kind: 'stop' }).catch(() => undefined);
      await ended;
      clearTimeout(tooLong);
    },
  };
}

function pin(pid: number | undefined, core: number): void {
  const done = spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
  if (done.status !== 0) throw new Error('--one-core wants Linux with taskset and two cores');
}
