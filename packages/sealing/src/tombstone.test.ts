import { describe, expect, it } from 'vitest';
import { sealedFromBytes } from './record.ts';
import { isTombstone, TOMBSTONE } from './tombstone.ts';

describe('the tombstone', () => {
  it('is known again, and nothing else passes for it', () => {
    expect(isTombstone(Buffer.from(TOMBSTONE))).toBe(true);
    expect(isTombstone(Uint8Array.from([...TOMBSTONE, 0]))).toBe(false);
    expect(isTombstone(TOMBSTONE.subarray(1))).toBe(false);
    expect(isTombstone(new Uint8Array())).toBe(false);
  });

  it('is never a sealed record', () => {
    expect(() => sealedFromBytes(TOMBSTONE)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });
});
