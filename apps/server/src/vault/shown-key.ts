import type { Secret } from '@keyhaven/sealing/secret';

/** A granted key as the text of the one answer that shows it. Its bytes are gone afterwards. */
export function textToShow(key: Secret): string {
  const bytes = key.expose();
  try {
    return bytes.toString('ascii');
  } finally {
    bytes.fill(0);
    key.wipe();
  }
}
