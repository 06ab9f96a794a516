import { createHash } from 'node:crypto';
import { chown, lstat, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresFailed } from './embedded-failure.ts';

// sun_path is 108 bytes on Linux with its end mark, 104 on macOS.
const MAXIMUM_PATH = process.platform === 'darwin' ? 103 : 107;
const SOCKET_NAME = '.s.PGSQL.5432';

/**
 * The folder for PostgreSQL's socket: the data folder itself when the socket's path fits, else a folder
 * of mode 700 in the system's temporary folder, the same for the same data folder. `owner` is who runs
 * PostgreSQL, where that is not us. Throws EmbeddedPostgresFailed when somebody else's folder stands there.
 */
export async function socketFolder(
  folder: string,
  owner: { readonly uid?: number; readonly gid?: number },
): Promise<string> {
  // PostgreSQL reads the setting as a list, in which these have a meaning.
  const plain = !/[,"]/.test(folder);
  if (plain && Buffer.byteLength(path.join(folder, SOCKET_NAME)) <= MAXIMUM_PATH) return folder;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 20);
  const short = path.join(os.tmpdir(), `keyhaven-${name}`);
  await mkdir(short, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  const status = await lstat(short);
  const me = process.getuid?.() ?? 0;
  const ours = status.isDirectory() && (status.uid === me || status.uid === owner.uid);
  if (!ours || (status.mode & 0o077) !== 0)
    throw new EmbeddedPostgresFailed('not-permitted', `${short} is not a private folder of ours; remove it`);
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(short, owner.uid, owner.gid);
  return short;
}
