import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export type ToolRun = { readonly code: number; readonly said: string; readonly output: Buffer };

/** A fresh folder in which programs that are not ours work: they must find nothing of an earlier run there. */
export type ToolFolder = {
  readonly path: string;
  readonly write: (name: string, bytes: string | Uint8Array) => Promise<void>;
  readonly read: (name: string) => Promise<Buffer>;
  /** Runs a program there; a code other than 0 is an answer. Rejects when there is no such program. */
  readonly run: (program: string, args: readonly string[]) => Promise<ToolRun>;
};

/** The folder is gone afterwards. */
export async function inFreshFolder<Value>(work: (folder: ToolFolder) => Promise<Value>): Promise<Value> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-tools-'));
  try {
    return await work({
      path: home,
      write: (name, bytes) => writeFile(path.join(home, name), bytes),
      read: (name) => readFile(path.join(home, name)),
      run: (program, args) => runIn(home, program, args),
    });
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Not the synchronous kind: the server that the program talks to lives in this process. */
function runIn(cwd: string, program: string, args: readonly string[]): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const options = { cwd, encoding: 'buffer', maxBuffer: 32 * 1024 * 1024, timeout: 60_000 } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') {
        reject(new Error(`${program} did not run to its end`, { cause: error }));
        return;
      }
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, said: `${stdout.toString('latin1')}${stderr.toString('latin1')}`, output: stdout });
    });
    child.stdin?.end();
  });
}
