import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { MacState, UnansweredResult } from './mac-state.ts';

/** What survives the process: the Mac's state and the one result it still owes. */
export type Remembered = { readonly state: MacState; readonly unanswered: UnansweredResult | null };

/** Where a Mac remembers. `save` answers when the bytes would survive a power cut. */
export type MacMemory = { readonly save: (remembered: Remembered) => Promise<void> };

/** For load: nothing outlives the process. */
export const noMemory: MacMemory = { save: () => Promise.resolve() };

const FILE = 'mac.json';

/** Remembers in `folder`/mac.json, mode 600, replaced by rename. */
export function folderMemory(folder: string): MacMemory {
  return {
    save: async (remembered) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(join(folder, FILE), writeRemembered(remembered));
    },
  };
}

/** What `folder` remembers, or null when there is no Mac in it. */
export async function readFolder(folder: string): Promise<Remembered | null> {
  let text: string;
  try {
    text = await readFile(join(folder, FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const remembered = readRemembered(text);
  if (remembered === null) throw new Error(`not a Mac's memory: ${FILE}`);
  return remembered;
}

/** As JSON: {format: 1, state, unanswered}, bytes as {base64}. */
export const writeRemembered = (remembered: Remembered): string =>
  JSON.stringify({ format: 1, ...remembered }, bytesToText);

/** The other way round; null for JSON that is something else. Throws SyntaxError where it is no JSON. */
export function readRemembered(text: string): Remembered | null {
  const parsed: unknown = JSON.parse(text, textToBytes);
  return isRemembered(parsed) ? { state: parsed.state, unanswered: parsed.unanswered } : null;
}

/** Enough of a look: only writeRemembered writes this, and it writes it whole. */
function isRemembered(parsed: unknown): parsed is Remembered {
  return typeof parsed === 'object' && parsed !== null && 'format' in parsed && parsed.format === 1;
}

/** Temporary file, fsync, rename: a reader sees the old text or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Buffers turn into {type: 'Buffer', data: number[]} before a replacer sees them; base64 is a fifth of it. */
function bytesToText(this: unknown, key: string, value: unknown): unknown {
  const held: unknown = Reflect.get(Object(this), key);
  return Buffer.isBuffer(held) ? { base64: held.toString('base64') } : value;
}

function textToBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('base64' in value)) return value;
  return typeof value.base64 === 'string' ? Buffer.from(value.base64, 'base64') : value;
}
