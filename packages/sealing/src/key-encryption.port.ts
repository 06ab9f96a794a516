import type { OwnershipClass } from './binding.ts';

/** `generation` is the master key that was used: 1 to 4294967295. `wrapped` is opaque, 1 to 65535 bytes. */
export type WrappedKey = { readonly generation: number; readonly wrapped: Uint8Array };

/**
 * Master keys that wrap data keys: a file, a KMS, a hardware module. Whatever it is, a wrap opens only with the
 * same `aad`, class and generation; where the device behind it cannot authenticate them, the adapter derives a
 * key from them. Every adapter runs `key-encryption.contract.ts`.
 */
export type KeyEncryption = {
  /** Wraps a data key of 32 bytes under the active generation of the class. Keeps no reference to it. */
  wrap(dataKey: Uint8Array, aad: Uint8Array, ownershipClass: OwnershipClass): Promise<WrappedKey>;
  /**
   * The data key, in bytes that the caller may overwrite. Throws SealingError `unknown-generation` or
   * `does-not-open`; anything else thrown means that the keys could not be asked.
   */
  unwrap(
    wrapped: Uint8Array,
    generation: number,
    ownershipClass: OwnershipClass,
    aad: Uint8Array,
  ): Promise<Uint8Array>;
};
