/** One block of PEM (RFC 7468): its label, and its octets. */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Buffer;
  /** From BEGIN to END, as it stood: an old encrypted key has headers inside. */
  readonly text: string;
}

const BEGIN = /-----BEGIN (?<label>[A-Z0-9 ]{1,40})-----/g;
const MAX_BLOCKS = 20;

/**
 * The blocks of a text, in their order; whatever stands between them is passed over. At most 20, and none from the
 * first that does not end. Nothing says yet that the octets are what the label promises.
 */
export function readPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const match of text.matchAll(BEGIN)) {
    const label = match.groups?.['label'] ?? '';
    const last = `-----END ${label}-----`;
    const start = match.index + match[0].length;
    const end = text.indexOf(last, start);
    if (end === -1 || blocks.length === MAX_BLOCKS) break;
    const bytes = Buffer.from(text.slice(start, end), 'base64');
    blocks.push({ label, bytes, text: text.slice(match.index, end + last.length) });
  }
  return blocks;
}

/** One block, in lines of 64 characters. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
