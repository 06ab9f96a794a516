import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type FileKeys, fileKeys } from './file-keys.ts';
import { keyEncryptionContract } from './key-encryption.contract.ts';
import { createMasterKeyFile, MasterKeyFileError } from './master-key-file.ts';

const AAD = Buffer.from('test');
const dataKey = Buffer.alloc(32, 7);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

keyEncryptionContract('file', async () => {
  const keys = start(newFolder());
  return {
    keys,
    addGeneration: async (ownershipClass) => {
      keys.addGeneration(ownershipClass);
    },
  };
});

describe('the file of master keys', () => {
  it('is made on the first start, for its owner alone', () => {
    const folder = newFolder();
    start(folder);
    expect(readdirSync(folder)).toEqual(['master-keys.json']);
    expect(statSync(`${folder}/master-keys.json`).mode & 0o777).toBe(0o400);
  });

  it('holds a key of its own for each class, and when it was made', () => {
    const folder = newFolder();
    start(folder);
    const { classes } = JSON.parse(contentOf(folder));
    const generations = [classes.personal, classes.corporate, classes.system].flatMap(
      (each) => each.generations,
    );
    expect(new Set(generations.map((each) => each.key)).size).toBe(3);
    expect(generations.map((each) => each.created)).toEqual(Array(3).fill('2026-11-22T10:00:00.000Z'));
  });

  it('is left alone by later starts, whose keys are the same', async () => {
    const folder = newFolder();
    const { generation, wrapped } = await start(folder).wrap(dataKey, AAD, 'personal');
    const before = contentOf(folder);
    const opened = await start(folder).unwrap(wrapped, generation, 'personal', AAD);
    expect(Buffer.from(opened)).toEqual(dataKey);
    expect(contentOf(folder)).toBe(before);
  });

  it('keeps the keys of the first of two processes that start at once', () => {
    const folder = newFolder();
    start(folder);
    const first = contentOf(folder);
    createMasterKeyFile(folder, 'of the second process, which found no file a moment ago');
    expect(contentOf(folder)).toBe(first);
    expect(readdirSync(folder)).toEqual(['master-keys.json']);
  });

  it('is never made anew where sealed records exist', () => {
    const folder = newFolder();
    expect(refusalOf(() => start(folder, true)).kind).toBe('missing');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused when others than its owner may read or write it, and the sentence says what to do', () => {
    for (const mode of [0o440, 0o404, 0o644, 0o660, 0o602]) {
      const folder = newFolder();
      start(folder);
      chmodSync(`${folder}/master-keys.json`, mode);
      const refusal = refusalOf(() => start(folder));
      expect(refusal.kind).toBe('readable-by-others');
      expect(refusal.message).toContain(`chmod 400 '${folder}/master-keys.json'`);
    }
  });

  it('is refused when damaged, is not replaced, and shows nothing of itself', () => {
    for (const damage of DAMAGES) {
      const folder = newFolder();
      start(folder);
      const damaged = damage(contentOf(folder));
      replaceContent(folder, damaged);
      const refusal = refusalOf(() => start(folder));
      expect(refusal.kind).toBe('malformed');
      expect(refusal.cause).toBeUndefined();
      expect(
        keysIn(damaged).some((key) => `${refusal.stack}${refusal.message}`.includes(key.slice(0, 8))),
      ).toBe(false);
      expect(contentOf(folder)).toBe(damaged);
    }
  });
});

describe('a file in which somebody wrote one key everywhere', () => {
  it('still keeps classes and generations apart', async () => {
    const folder = newFolder();
    start(folder).addGeneration('personal');
    const [key = ''] = keysIn(contentOf(folder));
    replaceContent(folder, contentOf(folder).replace(/[A-Za-z0-9+/]{43}=/g, key));
    const keys = start(folder);
    const { generation, wrapped } = await keys.wrap(dataKey, AAD, 'personal');
    expect(generation).toBe(2);
    await expect(keys.unwrap(wrapped, 1, 'personal', AAD)).rejects.toMatchObject({ kind: 'does-not-open' });
    const corporate = await keys.wrap(dataKey, AAD, 'corporate');
    await expect(keys.unwrap(corporate.wrapped, 1, 'personal', AAD)).rejects.toMatchObject({
      kind: 'does-not-open',
    });
  });
});

describe('adding a generation', () => {
  it('keeps every earlier key in the file, and the mode', () => {
    const folder = newFolder();
    const keys = start(folder);
    const before = [...keysIn(contentOf(folder))];
    expect(keys.addGeneration('corporate')).toBe(2);
    expect(keys.addGeneration('corporate')).toBe(3);
    expect(keysIn(contentOf(folder))).toEqual(expect.arrayContaining(before));
    expect(keysIn(contentOf(folder))).toHaveLength(5);
    expect(statSync(`${folder}/master-keys.json`).mode & 0o777).toBe(0o400);
    expect(readdirSync(folder)).toEqual(['master-keys.json']);
  });

  it('survives a start', async () => {
    const folder = newFolder();
    start(folder).addGeneration('system');
    expect((await start(folder, true).wrap(dataKey, AAD, 'system')).generation).toBe(2);
  });

  it('by another process is noticed by the first record that needs it', async () => {
    const folder = newFolder();
    const [server, command] = [start(folder), start(folder)];
    command.addGeneration('personal');
    const { generation, wrapped } = await command.wrap(dataKey, AAD, 'personal');
    expect(Buffer.from(await server.unwrap(wrapped, generation, 'personal', AAD))).toEqual(dataKey);
  });

  it('by two processes loses neither', () => {
    const folder = newFolder();
    const [one, two] = [start(folder), start(folder)];
    expect(one.addGeneration('personal')).toBe(2);
    expect(two.addGeneration('personal')).toBe(3);
    expect(keysIn(contentOf(folder))).toHaveLength(5);
  });

  it('waits for the operator while another addition is under way or was cut off, even long ago', () => {
    const folder = newFolder();
    const keys = start(folder);
    const before = contentOf(folder);
    writeFileSync(`${folder}/master-keys.json.next`, '');
    utimesSync(`${folder}/master-keys.json.next`, 0, 0);
    expect(refusalOf(() => keys.addGeneration('personal')).kind).toBe('busy');
    expect(contentOf(folder)).toBe(before);
  });

  it('to a file that is gone or damaged is refused, and leaves nothing behind', () => {
    const folder = newFolder();
    const keys = start(folder);
    replaceContent(folder, '{}');
    expect(refusalOf(() => keys.addGeneration('personal')).kind).toBe('malformed');
    rmSync(`${folder}/master-keys.json`);
    expect(refusalOf(() => keys.addGeneration('personal')).kind).toBe('missing');
    expect(readdirSync(folder)).toEqual([]);
  });
});

const DAMAGES: readonly ((text: string) => string)[] = [
  () => '',
  () => '[]',
  () => 'null',
  (text) => text.slice(0, -20),
  (text) => text.slice(0, 150),
  (text) => text.replace('"key": "', '"key": '),
  (text) => text.replace('"key": "', '"key": "AAAA'),
  (text) => text.replace('"format": 1', '"format": 2'),
  (text) => text.replace('"system"', '"sistem"'),
  (text) => text.replace('"active": 1', '"active": 2'),
  (text) => text.replace('"generation": 1', '"generation": 0'),
  (text) => text.replace('"generation": 1', '"generation": "1"'),
];

function newFolder(): string {
  const folder = mkdtempSync(`${tmpdir()}/keyhaven-file-keys-`);
  folders.push(folder);
  return folder;
}

function start(folder: string, mustExist = false): FileKeys {
  return fileKeys({ folder, mustExist, now: () => new Date('2026-11-22T10:00:00Z') });
}

function contentOf(folder: string): string {
  return readFileSync(`${folder}/master-keys.json`, 'utf8');
}

function replaceContent(folder: string, text: string): void {
  rmSync(`${folder}/master-keys.json`);
  writeFileSync(`${folder}/master-keys.json`, text, { mode: 0o400 });
}

function keysIn(text: string): readonly string[] {
  return text.match(/[A-Za-z0-9+/]{43}=/g) ?? [];
}

function refusalOf(action: () => unknown): MasterKeyFileError {
  try {
    action();
  } catch (error) {
    if (error instanceof MasterKeyFileError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}
