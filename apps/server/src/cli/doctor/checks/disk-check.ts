import { access, constants, stat, statfs } from 'node:fs/promises';
import process from 'node:process';
import type { Check } from '../check.ts';
import { failed, fine } from '../finding.ts';
import { diskFindings } from './disk-findings.ts';

/** Whether the data folder is private, takes writes, and has room. */
export const diskCheck: Check = {
  name: 'disk',
  settings: [],
  look: async ({ config }) => {
    const folder = config.dataFolder;
    const status = await stat(folder).catch(() => null);
    if (status === null) return [fine(`${folder} is not there yet; the first start makes it`)];
    if (!status.isDirectory())
      return [failed(`${folder} is no folder`, 'Name a folder in KEYHAVEN_DATA, or nothing that is there.')];
    const space = await statfs(folder);
    return diskFindings({
      folder,
      mode: process.platform === 'win32' ? null : status.mode & 0o777,
      writable: await access(folder, constants.W_OK).then(
        () => true,
        () => false,
      ),
      freeBytes: space.bavail * space.bsize,
      freeFiles: space.ffree,
      allFiles: space.files,
      fileSystem: process.platform === 'linux' ? space.type : null,
      holdsDatabase: config.databaseUrl === null,
    });
  },
};
