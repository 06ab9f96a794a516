import { execFile } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NOBODY = 65534;

/** How PostgreSQL, which refuses to be root, is started: `prefix` before the program, ids for spawn. */
export type PostgresAccount = {
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
};

/**
 * The account that fits whoever we are. An ordinary user: that user. Root: the owner of `folder` (which
 * exists); where that is root itself, a user namespace that maps root to nobody, so that the files stay
 * root's and folders of mode 700 above do not matter; where such namespaces are forbidden (containers),
 * nobody, to whom the folder is then given.
 */
export async function postgresAccount(folder: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return { prefix: await dyingWithParent() };
  const { uid, gid } = await stat(folder);
  if (uid !== 0) return { prefix: await dyingWithParent(), uid, gid };
  const mapped = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  // The namespace changes our credentials, which forgets the parent-death signal: it is asked for inside.
  if (await works([...mapped, 'true'])) return { prefix: [...mapped, ...(await dyingWithParent())] };
  await give(folder, NOBODY, NOBODY);
  return { prefix: await dyingWithParent(), uid: NOBODY, gid: NOBODY };
}

// SIGINT is PostgreSQL's fast shutdown. Where there is no setpriv (macOS), the next start ends what is left.
async function dyingWithParent(): Promise<readonly string[]> {
  const prefix = ['setpriv', '--pdeathsig', 'INT', '--'];
  return (await works([...prefix, 'true'])) ? prefix : [];
}

async function works([program = '', ...args]: readonly string[]): Promise<boolean> {
  return await run(program, args).then(
    () => true,
    () => false,
  );
}

async function give(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (!entry.isSymbolicLink()) await chown(path.join(entry.parentPath, entry.name), uid, gid);
}
