import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipClass } from './binding.ts';
import type { KeyEncryption } from './key-encryption.port.ts';
import { SealingError, type SealingErrorKind } from './sealing-error.ts';

/** A KeyEncryption with keys for all three classes, and the way its operator adds a generation. */
export type KeyEncryptionUnderTest = {
  readonly keys: KeyEncryption;
  addGeneration(ownershipClass: OwnershipClass): Promise<void>;
};

const CLASSES: readonly OwnershipClass[] = ['personal', 'corporate', 'system'];
const AAD = Buffer.from('what the key belongs to');

/** The suite that every KeyEncryption passes. `make` gives a fresh one, with keys that no other has. */
export function keyEncryptionContract(name: string, make: () => Promise<KeyEncryptionUnderTest>): void {
  describe(`KeyEncryption: ${name}`, () => {
    let subject: KeyEncryptionUnderTest;
    const dataKey = randomBytes(32);
    beforeEach(async () => {
      subject = await make();
    });

    describe.each(CLASSES)('%s', (ownershipClass) => {
      it('a wrapped key opens to the same key', async () => {
        const { generation, wrapped } = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        expectKey(await subject.keys.unwrap(wrapped, generation, ownershipClass, AAD), dataKey);
      });

      it('a generation and a wrap fit into a record', async () => {
        const { generation, wrapped } = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        expect(Number.isInteger(generation) && generation >= 1 && generation <= 0xffff_ffff).toBe(true);
        expect(wrapped.length >= 1 && wrapped.length <= 0xffff).toBe(true);
      });

      it('a key wrapped twice is not the same twice, and does not show', async () => {
        const first = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        const second = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        expect(Buffer.compare(first.wrapped, second.wrapped)).not.toBe(0);
        expect(Buffer.from(first.wrapped).includes(dataKey)).toBe(false);
      });

      it('a wrap does not open for another class', async () => {
        const { generation, wrapped } = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        for (const other of CLASSES.filter((each) => each !== ownershipClass)) {
          await expectRefused(subject.keys.unwrap(wrapped, generation, other, AAD), 'does-not-open');
        }
      });

      it('earlier generations keep opening, and the newest one wraps', async () => {
        const earlier = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        await subject.addGeneration(ownershipClass);
        const later = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        expect(later.generation).toBeGreaterThan(earlier.generation);
        for (const { generation, wrapped } of [earlier, later]) {
          expectKey(await subject.keys.unwrap(wrapped, generation, ownershipClass, AAD), dataKey);
        }
      });

      it('a wrap does not open under another generation', async () => {
        const earlier = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        await subject.addGeneration(ownershipClass);
        const later = await subject.keys.wrap(dataKey, AAD, ownershipClass);
        const swapped = subject.keys.unwrap(earlier.wrapped, later.generation, ownershipClass, AAD);
        await expectRefused(swapped, 'does-not-open');
      });
    });

    it('a generation added for one class changes nothing for the others', async () => {
      const before = await subject.keys.wrap(dataKey, AAD, 'corporate');
      await subject.addGeneration('personal');
      const after = await subject.keys.wrap(dataKey, AAD, 'corporate');
      expect(after.generation).toBe(before.generation);
    });

    it('a generation that was never made is unknown', async () => {
      const { wrapped } = await subject.keys.wrap(dataKey, AAD, 'system');
      await expectRefused(subject.keys.unwrap(wrapped, 0xffff_fffe, 'system', AAD), 'unknown-generation');
    });

    it('a wrap does not open with other associated data', async () => {
      const { generation, wrapped } = await subject.keys.wrap(dataKey, AAD, 'personal');
      for (const other of [Buffer.alloc(0), AAD.subarray(1), Buffer.concat([AAD, Buffer.of(0)])]) {
        await expectRefused(subject.keys.unwrap(wrapped, generation, 'personal', other), 'does-not-open');
      }
    });

    it('a wrap with a changed byte or a cut does not open', async () => {
      const { generation, wrapped } = await subject.keys.wrap(dataKey, AAD, 'personal');
      for (const position of wrapped.keys()) {
        const changed = Buffer.from(wrapped);
        changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
        await expectRefused(subject.keys.unwrap(changed, generation, 'personal', AAD), 'does-not-open');
        const cut = wrapped.subarray(0, position);
        await expectRefused(subject.keys.unwrap(cut, generation, 'personal', AAD), 'does-not-open');
      }
    });

    it('what is handed in may be overwritten afterwards', async () => {
      const handedIn = Buffer.from(dataKey);
      const { generation, wrapped } = await subject.keys.wrap(handedIn, AAD, 'personal');
      handedIn.fill(0);
      const opened = await subject.keys.unwrap(wrapped, generation, 'personal', AAD);
      expectKey(opened, dataKey);
      opened.fill(0);
      expectKey(await subject.keys.unwrap(wrapped, generation, 'personal', AAD), dataKey);
    });

    it('keys of another installation open nothing', async () => {
      const other = await make();
      const { generation, wrapped } = await subject.keys.wrap(dataKey, AAD, 'personal');
      await expectRefused(other.keys.unwrap(wrapped, generation, 'personal', AAD), 'does-not-open');
    });
  });
}

function expectKey(actual: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(actual, expected)).toBe(0);
}

async function expectRefused(asked: Promise<unknown>, kind: SealingErrorKind): Promise<void> {
  const error: unknown = await asked.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SealingError);
  expect(error).toMatchObject({ kind });
}
