/**
 * What the sealed bytes of a wiped candidate are overwritten with: the row and its history stay, the key is gone.
 * Never a sealed record (those begin with another byte), so opening one is `malformed`. Not to be modified.
 */
export const TOMBSTONE: Uint8Array = Buffer.from('\0keyhaven: wiped');

const WRITTEN = Buffer.from(TOMBSTONE);

export function isTombstone(bytes: Uint8Array): boolean {
  return WRITTEN.equals(bytes);
}
