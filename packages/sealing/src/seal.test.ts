import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Binding } from './binding.ts';
import { fileKeys } from './file-keys.ts';
import type { KeyEncryption } from './key-encryption.port.ts';
import { headerOf, partsOf, type Sealed, sealedFromBytes } from './record.ts';
import { open, seal } from './seal.ts';
import { SealingError, type SealingErrorKind } from './sealing-error.ts';
import { Secret } from './secret.ts';

const folder = mkdtempSync(`${tmpdir()}/keyhaven-seal-`);
afterAll(() => rmSync(folder, { recursive: true }));
const keys = fileKeys({ folder, mustExist: false, now: () => new Date(0) });

const TEXT = 'CANARY OF THE SEAL TEST';
const secret = Secret.fromText(TEXT);
const binding: Binding = {
  purpose: 'recovery-key',
  ownershipClass: 'personal',
  device: 'device-1',
  version: 'version-1',
};
const OTHER_BINDINGS: readonly Binding[] = [
  { ...binding, purpose: 'escrow-private-key' },
  { ...binding, purpose: 'device-answer' },
  { ...binding, ownershipClass: 'corporate' },
  { ...binding, ownershipClass: 'system' },
  { ...binding, device: 'device-2' },
  { ...binding, device: '' },
  { ...binding, version: 'version-2' },
  { ...binding, version: 'version-1 ' },
  { ...binding, device: 'device-1v', version: 'ersion-1' },
  { ...binding, device: binding.version, version: binding.device },
];

describe('a sealed secret', () => {
  it('opens to the same bytes, whatever they and the binding are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), anyBinding(), async (bytes, bound) => {
        const opened = await open(await seal(Secret.of(bytes), bound, keys), bound, keys);
        expect(Buffer.compare(opened.expose(), bytes)).toBe(0);
      }),
    );
  });

  it('opens after it was stored and read back', async () => {
    const stored = Buffer.from(await seal(secret, binding, keys)).toString('base64');
    const opened = await open(sealedFromBytes(Buffer.from(stored, 'base64')), binding, keys);
    expect(opened.equals(secret)).toBe(true);
  });

  it('is never the same twice: neither its wrap, nor its ivs, nor its ciphertext', async () => {
    const records = await Promise.all(Array.from({ length: 50 }, () => seal(secret, binding, keys)));
    const pieces = records.map(partsOf).flatMap(({ wrapped, box }) => {
      return [wrapped, wrapped.subarray(0, 12), box.subarray(0, 12), box.subarray(12, -16)];
    });
    expect(new Set(pieces.map((piece) => Buffer.from(piece).toString('hex'))).size).toBe(200);
  });

  it('does not show the secret', async () => {
    expect(Buffer.from(await seal(secret, binding, keys)).includes(TEXT)).toBe(false);
  });

  it('leaves the secret itself usable', async () => {
    await seal(secret, binding, keys);
    expect(secret.expose().toString()).toBe(TEXT);
  });

  it('has the documented layout', async () => {
    const record = await seal(secret, binding, keys);
    expect(Buffer.from(record.subarray(0, 9)).toString('hex')).toBe('c5010100000001003c');
    expect(record.length).toBe(9 + 60 + 28 + secret.length);
    expect(headerOf(record)).toEqual({ suite: 1, ownershipClass: 'personal', generation: 1 });
  });
});

describe('a sealed record is refused', () => {
  it('with any one bit changed', async () => {
    const record = await seal(secret, binding, keys);
    const refused: SealingErrorKind[] = [];
    for (let bit = 0; bit < record.length * 8; bit++) refused.push(await refusalOf(flip(record, bit)));
    expect(refused).toHaveLength(record.length * 8);
    expect(new Set(refused.slice(0, 8))).toEqual(new Set(['malformed']));
    expect(new Set(refused.slice(8, 16))).toEqual(new Set(['unknown-suite']));
    expect(new Set(refused.slice(16, 24))).toEqual(new Set(['malformed', 'does-not-open']));
    expect(new Set(refused.slice(72))).toEqual(new Set(['does-not-open']));
  });

  it('with any one bit changed while the generation it then names exists', async () => {
    const record = await seal(secret, { ...binding, ownershipClass: 'system' }, keys);
    expect(keys.addGeneration('system')).toBe(2);
    expect(keys.addGeneration('system')).toBe(3);
    const renamed = flip(record, 6 * 8 + 1);
    expect(headerOf(sealedFromBytes(renamed)).generation).toBe(3);
    expect(await refusalOf(renamed, { ...binding, ownershipClass: 'system' })).toBe('does-not-open');
  });

  it('cut at any place, or made longer', async () => {
    const record = await seal(secret, binding, keys);
    for (let length = 0; length < record.length; length++) {
      expect(await refusalOf(record.subarray(0, length))).toMatch(/^(malformed|does-not-open)$/);
      expect(await refusalOf(record.subarray(record.length - length))).toMatch(
        /malformed|unknown-suite|does-not/,
      );
    }
    expect(await refusalOf(Buffer.concat([record, Buffer.of(0)]))).toBe('does-not-open');
  });

  it('when anything but the record is there, without another kind of error', async () => {
    const header = fc.constantFrom([], [0xc5], [0xc5, 1], [0xc5, 1, 1, 0, 0, 0, 1, 0, 60]);
    await fc.assert(
      fc.asyncProperty(header, fc.uint8Array({ maxLength: 200 }), async (start, rest) => {
        expect(await refusalOf(Uint8Array.from([...start, ...rest]))).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });

  it('with any field of the binding changed', async () => {
    const record = await seal(secret, binding, keys);
    const changes: readonly Partial<Binding>[] = [
      { purpose: 'escrow-private-key' },
      { purpose: 'device-answer' },
      { ownershipClass: 'corporate' },
      { ownershipClass: 'system' },
      { device: 'device-2' },
      { device: '' },
      { device: 'device-1v', version: 'ersion-1' },
      { version: 'version-2' },
      { version: 'version-1 ' },
      { device: binding.version, version: binding.device },
    ];
    for (const change of changes)
      expect(await refusalOf(record, { ...binding, ...change })).toBe('does-not-open');
  });

  it('with any other binding', async () => {
    await fc.assert(
      fc.asyncProperty(anyBinding(), anyBinding(), async (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(await refusalOf(await seal(secret, one, keys), other)).toBe('does-not-open');
      }),
    );
  });

  it('with the wrapped key of another record, even one of the same binding', async () => {
    const [one, other] = [await seal(secret, binding, keys), await seal(secret, binding, keys)];
    expect(await refusalOf(Buffer.concat([partsOf(one).prefix, partsOf(other).box]))).toBe('does-not-open');
    expect(await refusalOf(Buffer.concat([partsOf(other).prefix, partsOf(one).box]))).toBe('does-not-open');
  });

  it('when a wrap is passed off as data or data as a wrap', async () => {
    const { prefix, wrapped, box } = partsOf(await seal(Secret.of(Buffer.alloc(32, 1)), binding, keys));
    expect(box.length).toBe(wrapped.length);
    const swapped = Buffer.concat([prefix.subarray(0, 9), box, wrapped]);
    expect(await refusalOf(swapped)).toBe('does-not-open');
  });

  it('when its master key generation is not at hand', async () => {
    const record = Buffer.from(await seal(secret, binding, keys));
    record.writeUInt32BE(4_000_000_000, 3);
    expect(await refusalOf(record)).toBe('unknown-generation');
  });

  it('by an error that holds nothing of the record, the secret or the binding', async () => {
    const record = await seal(secret, binding, keys);
    const error: unknown = await open(record, { ...binding, device: 'device-2' }, keys).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(SealingError);
    expect(JSON.stringify(error)).toBe('{"name":"SealingError","kind":"does-not-open"}');
    expect(String(error)).not.toMatch(/device|version|recovery/);
    expect(error).not.toHaveProperty('cause');
  });
});

describe('the record holds on its own, under master keys that authenticate nothing', () => {
  // Its wraps carry a byte that nobody reads, as those of some devices do.
  const careless: KeyEncryption = {
    wrap: async (dataKey) => ({ generation: 1, wrapped: Buffer.concat([dataKey, Buffer.of(0)]) }),
    unwrap: async (wrapped) => Uint8Array.from(wrapped.subarray(0, 32)),
  };

  it('against a change in any bit', async () => {
    const record = await seal(secret, binding, careless);
    for (let bit = 0; bit < record.length * 8; bit++) {
      expect(await refusalOf(flip(record, bit), binding, careless)).toBeTypeOf('string');
    }
  });

  it('against any other binding', async () => {
    const record = await seal(secret, binding, careless);
    for (const other of OTHER_BINDINGS)
      expect(await refusalOf(record, other, careless)).toBe('does-not-open');
  });
});

async function refusalOf(
  bytes: Uint8Array,
  bound = binding,
  under: KeyEncryption = keys,
): Promise<SealingErrorKind> {
  try {
    await open(sealedFromBytes(bytes), bound, under);
  } catch (error) {
    if (error instanceof SealingError) return error.kind;
    throw error;
  }
  throw new Error('It opened.');
}

function flip(record: Sealed, bit: number): Buffer {
  const changed = Buffer.from(record);
  changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return changed;
}

function anyBinding(): fc.Arbitrary<Binding> {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'é', '\0'), maxLength: 3 });
  return fc.record({
    purpose: fc.constantFrom<Binding['purpose']>('recovery-key', 'escrow-private-key', 'device-answer'),
    ownershipClass: fc.constantFrom<Binding['ownershipClass']>('personal', 'corporate', 'system'),
    device: text,
    version: text,
  });
}
