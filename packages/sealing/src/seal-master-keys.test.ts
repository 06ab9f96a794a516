import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import type { Binding } from './binding.ts';
import { fileKeys } from './file-keys.ts';
import type { KeyEncryption } from './key-encryption.port.ts';
import type { Sealed } from './record.ts';
import { open, seal } from './seal.ts';
import { SealingError } from './sealing-error.ts';
import { Secret } from './secret.ts';

const folder = mkdtempSync(`${tmpdir()}/keyhaven-seal-keys-`);
afterAll(() => rmSync(folder, { recursive: true }));
const keys = fileKeys({ folder, mustExist: false, now: () => new Date(0) });

const secret = Secret.fromText('any');
const binding: Binding = {
  purpose: 'recovery-key',
  ownershipClass: 'personal',
  device: 'device-1',
  version: 'version-1',
};
describe('the master keys behind a seal', () => {
  it('are told all of the binding, so that they refuse too', async () => {
    const told: string[] = [];
    const watched: KeyEncryption = {
      ...keys,
      wrap: (dataKey, aad, ownershipClass) => {
        told.push(Buffer.from(aad).toString('hex'));
        return keys.wrap(dataKey, aad, ownershipClass);
      },
    };
    const others: readonly Partial<Binding>[] = [
      { purpose: 'device-answer' },
      { ownershipClass: 'corporate' },
      { device: 'device-2' },
      { version: 'version-2' },
      { device: 'device-1v', version: 'ersion-1' },
    ];
    for (const other of [{}, ...others]) await seal(secret, { ...binding, ...other }, watched);
    expect(new Set(told).size).toBe(others.length + 1);
  });

  it('are not asked for a record of another class', async () => {
    const record = await seal(secret, binding, keys);
    const asked: string[] = [];
    const watched: KeyEncryption = {
      ...keys,
      unwrap: (wrapped, generation, ownershipClass, aad) => {
        asked.push(ownershipClass);
        return keys.unwrap(wrapped, generation, ownershipClass, aad);
      },
    };
    await expect(open(record, { ...binding, ownershipClass: 'corporate' }, watched)).rejects.toThrow(
      SealingError,
    );
    expect(asked).toEqual([]);
  });

  it('of any size that the record can hold serve, and others are a fault', async () => {
    expect((await sealSized(0xffff_ffff, 0xffff)).length).toBeGreaterThan(0xffff);
    for (const [generation, length] of [
      [0, 1],
      [-1, 1],
      [2 ** 32, 1],
      [1, 0],
      [1, 0x1_0000],
    ] as const) {
      await expect(sealSized(generation, length)).rejects.toThrow(RangeError);
    }
  });

  it('wrap a data key that serves this one record', async () => {
    const seen: string[] = [];
    const watched: KeyEncryption = {
      ...keys,
      wrap: (dataKey, aad, ownershipClass) => {
        seen.push(Buffer.from(dataKey).toString('hex'));
        return keys.wrap(dataKey, aad, ownershipClass);
      },
    };
    for (let count = 0; count < 20; count++) await seal(secret, binding, watched);
    expect(new Set(seen).size).toBe(20);
    expect(seen.every((each) => each.length === 64)).toBe(true);
  });

  it('leave no data key behind in the buffers they were handed', async () => {
    const seen: Uint8Array[] = [];
    const watched: KeyEncryption = {
      wrap: (dataKey, aad, ownershipClass) => {
        seen.push(dataKey);
        return keys.wrap(dataKey, aad, ownershipClass);
      },
      unwrap: async (...asked) => {
        const dataKey = await keys.unwrap(...asked);
        seen.push(dataKey);
        return dataKey;
      },
    };
    await open(await seal(secret, binding, watched), binding, watched);
    expect(seen.map((each) => each.every((byte) => byte === 0))).toEqual([true, true]);
  });
});

function sealSized(generation: number, length: number): Promise<Sealed> {
  const wrap = async () => ({ generation, wrapped: new Uint8Array(length) });
  return seal(secret, binding, { ...keys, wrap });
}
