import { BOX_OVERHEAD } from './aes-256-gcm.ts';
import type { OwnershipClass } from './binding.ts';
import type { WrappedKey } from './key-encryption.port.ts';
import { SealingError } from './sealing-error.ts';
import { CURRENT_SUITE, parseSuite, type Suite } from './suite.ts';

// The layout, integers big-endian:
//   0     1  format, 0xC5: neither ASCII nor a DER SEQUENCE, so that no key in clear passes for a record
//   1     1  suite
//   2     1  ownership class: 1 personal, 2 corporate, 3 system
//   3     4  generation of the master key, from 1
//   7     2  length w of the wrapped data key
//   9     w  wrapped data key, as the KeyEncryption made it
//   9+w   n  box: iv 12, ciphertext, tag 16
export const FORMAT = 0xc5;
const FIXED_LENGTH = 9;
const CLASSES: readonly OwnershipClass[] = ['personal', 'corporate', 'system'];

declare const sealed: unique symbol;
/** Bytes that are a sealed record in form; only opening tells whether they are one in truth. Safe to store. */
export type Sealed = Uint8Array & { readonly [sealed]: true };

export type SealedHeader = {
  readonly suite: Suite;
  readonly ownershipClass: OwnershipClass;
  readonly generation: number;
};

/** `prefix` is every byte before the box: header and wrapped data key. All of it is authenticated with the box. */
export type SealedParts = SealedHeader & {
  readonly prefix: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly box: Uint8Array;
};

/** Takes stored bytes as a sealed record. Throws SealingError `malformed` or `unknown-suite`. Does not copy. */
export function sealedFromBytes(bytes: Uint8Array): Sealed {
  assertSealed(bytes);
  return bytes;
}

/** Which keys a record needs, for counting what still depends on a generation. */
export function headerOf(record: Sealed): SealedHeader {
  const { suite, ownershipClass, generation } = partsOf(record);
  return { suite, ownershipClass, generation };
}

/** The same of the first seven bytes alone; null where they begin no record, as a tombstone's do not. */
export function generationOfHead(head: Uint8Array): Omit<SealedHeader, 'suite'> | null {
  const ownershipClass = CLASSES[(head[2] ?? 0) - 1];
  if (head.length < 7 || head[0] !== FORMAT || ownershipClass === undefined) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return { ownershipClass, generation: view.getUint32(3) };
}

/** Throws SealingError `malformed` or `unknown-suite`. */
export function partsOf(bytes: Uint8Array): SealedParts {
  if (bytes.length < FIXED_LENGTH || bytes[0] !== FORMAT) throw new SealingError('malformed');
  const suite = parseSuite(bytes[1]);
  const ownershipClass = CLASSES[(bytes[2] ?? 0) - 1];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const generation = view.getUint32(3);
  const boxStart = FIXED_LENGTH + view.getUint16(7);
  if (ownershipClass === undefined || generation === 0) throw new SealingError('malformed');
  if (boxStart === FIXED_LENGTH || bytes.length < boxStart + BOX_OVERHEAD)
    throw new SealingError('malformed');
  return {
    suite,
    ownershipClass,
    generation,
    prefix: bytes.subarray(0, boxStart),
    wrapped: bytes.subarray(FIXED_LENGTH, boxStart),
    box: bytes.subarray(boxStart),
  };
}

/** Throws a RangeError on a generation or a wrap that the layout cannot hold: a fault of the KeyEncryption. */
export function encodePrefix(ownershipClass: OwnershipClass, key: WrappedKey): Buffer {
  if (key.generation === 0 || key.wrapped.length === 0)
    throw new RangeError('An empty wrap or generation 0.');
  const fixed = Buffer.alloc(FIXED_LENGTH);
  fixed.writeUInt8(FORMAT, 0);
  fixed.writeUInt8(CURRENT_SUITE, 1);
  fixed.writeUInt8(CLASSES.indexOf(ownershipClass) + 1, 2);
  fixed.writeUInt32BE(key.generation, 3);
  fixed.writeUInt16BE(key.wrapped.length, 7);
  return Buffer.concat([fixed, key.wrapped]);
}

function assertSealed(bytes: Uint8Array): asserts bytes is Sealed {
  partsOf(bytes);
}
