import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

const FILE = 'master-keys.json';
const NEXT = 'master-keys.json.next';
// Neither system has the permission bits that POSIX has, nor directories that can be synced.
const POSIX = process.platform !== 'win32';

export type MasterKeyFileErrorKind = 'missing' | 'readable-by-others' | 'malformed' | 'busy';

/** The file of master keys cannot be used as it stands. The message is for the operator and holds no content. */
export class MasterKeyFileError extends Error {
  override readonly name = 'MasterKeyFileError';
  readonly kind: MasterKeyFileErrorKind;

  constructor(kind: MasterKeyFileErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export function masterKeyPath(folder: string): string {
  return `${folder}/${FILE}`;
}

/** The file's text, or null where there is none. Throws MasterKeyFileError `readable-by-others`. */
export function readMasterKeyFile(folder: string): string | null {
  const path = masterKeyPath(folder);
  const file = openIfPresent(path);
  if (file === null) return null;
  try {
    const mode = fstatSync(file).mode & 0o777;
    if (POSIX && (mode & 0o077) !== 0) {
      throw new MasterKeyFileError(
        'readable-by-others',
        `${path} has mode ${mode.toString(8)}: others than its owner may use the master keys. ` +
          `Check who has read it, then run: chmod 400 '${path}'`,
      );
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/**
 * Writes the first file, durable when this returns. When there is one already, leaves it alone: of two processes
 * starting at once, one makes the keys and both read them.
 */
export function createMasterKeyFile(folder: string, text: string): void {
  const temporary = `${masterKeyPath(folder)}.${randomBytes(8).toString('hex')}`;
  writeDurably(temporary, text);
  try {
    // A rename would replace a file that another process has just made, and with it the keys it already used.
    linkSync(temporary, masterKeyPath(folder));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(folder);
}

/**
 * Replaces the text with what `change` makes of it, durable when this returns, one process at a time. Throws
 * MasterKeyFileError: `missing`, `readable-by-others`, `busy`.
 */
export function changeMasterKeyFile(folder: string, change: (text: string) => string): void {
  const next = `${folder}/${NEXT}`;
  const file = openNext(next);
  try {
    try {
      // Read only now that nobody else can be changing it.
      const text = readMasterKeyFile(folder);
      if (text === null) throw missingMasterKeys(folder);
      writeAll(file, change(text));
    } finally {
      closeSync(file);
    }
    renameSync(next, masterKeyPath(folder));
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  syncFolder(folder);
}

export function missingMasterKeys(folder: string): MasterKeyFileError {
  return new MasterKeyFileError(
    'missing',
    `${masterKeyPath(folder)} is missing, and there are sealed records that only its keys open. ` +
      'Put it back from the backup of the data folder; new keys would not open them.',
  );
}

function openNext(next: string): number {
  try {
    return openSync(next, 'wx', 0o400);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new MasterKeyFileError(
      'busy',
      `${next} exists: another process is adding a master key, or one was stopped while it did. ` +
        'When none is running, delete that file and try again; the keys in use are untouched.',
    );
  }
}

function openIfPresent(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o400);
  try {
    writeAll(file, text);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.alloc(Buffer.byteLength(text));
  bytes.write(text);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    bytes.fill(0);
  }
}

// A new name is only durable once its directory is.
function syncFolder(folder: string): void {
  if (!POSIX) return;
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
