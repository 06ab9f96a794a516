/** The 32 symbols of a personal recovery key: 2–9 and A–Z without I and S. */
export const RECOVERY_KEY_ALPHABET = '23456789ABCDEFGHJKLMNOPQRTUVWXYZ';

const GROUPS = 6;
const GROUP_LENGTH = 4;

/** Six groups of four, hyphened: 120 bits, each symbol from five of them. */
export function makeRecoveryKey(randomBytes: (count: number) => Buffer): string {
  const symbols = [...randomBytes(GROUPS * GROUP_LENGTH)].map((byte) => RECOVERY_KEY_ALPHABET[byte & 31]);
  return Array.from({ length: GROUPS }, (_unused, group) =>
    symbols.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-');
}
