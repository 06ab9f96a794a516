import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileKeys } from './file-keys.ts';
import { newMasterKeys } from './master-keys.ts';
import { missingGenerations } from './missing-generations.ts';
import { seal } from './seal.ts';
import { Secret } from './secret.ts';
import { TOMBSTONE } from './tombstone.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'missing-generations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = () => new Date('2026-06-01T00:00:00Z');
const binding = { purpose: 'recovery-key', ownershipClass: 'personal', device: 'd', version: 'v' } as const;

it('a file that every record needs no more than is complete', async () => {
  const keys = fileKeys({ folder, mustExist: false, now });
  const record = await seal(Secret.fromText('x'), binding, keys);
  expect(missingGenerations(folder, [record.subarray(0, 7), TOMBSTONE, Buffer.alloc(0)])).toEqual([]);
});

it('a copy from before a generation is told by the class that lacks it', async () => {
  const keys = fileKeys({ folder, mustExist: false, now });
  keys.addGeneration('personal');
  const record = await seal(Secret.fromText('x'), binding, keys);
  rmSync(path.join(folder, 'master-keys.json'));
  writeFileSync(path.join(folder, 'master-keys.json'), newMasterKeys(now()), { mode: 0o400 });
  expect(missingGenerations(folder, [record, record.subarray(0, 7)])).toEqual(['personal']);
});

it('a file that is not there is a loss', () => {
  expect(() => missingGenerations(folder, [])).toThrow('missing');
});
