import { writePlist } from '../plist.ts';

const seeds: readonly Buffer[] = [
  writePlist({ UDID: 'A', Status: 'Idle' }),
  writePlist({
    a: [1, 2.5, true, new Date(0), Buffer.from('bytes'), { b: '<&>', c: [] }],
    ['__proto__']: 'x',
  }),
  Buffer.from(
    '\ufeff<?xml version="1.0"?><!-- c --><plist><array><string>é<![CDATA[x]]>&#65;</string></array></plist>',
  ),
];
const pieces: readonly string[] = [
  ...'< > & ]]> <!-- --> <![CDATA[ &#0; \0 \u00a0 <dict> </dict> <array> <plist> </plist> <data> <integer> <true/>'.split(
    ' ',
  ),
  '<!DOCTYPE plist [',
  '<key>a</key>',
  '\r',
  '9'.repeat(400),
  ' '.repeat(2000),
];

/** A number below the bound, out of a fixed sequence. */
export type Chance = (below: number) => number;

/** mulberry32: the same seed gives the same sequence. */
export function chance(seed: number): Chance {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One of the given documents with one to four changes: bytes flipped, cut out, doubled, or markup put in. */
export function mutate(random: Chance, documents: readonly Buffer[] = seeds): Buffer {
  let bytes: Buffer = documents[random(documents.length)] ?? Buffer.alloc(0);
  for (let changes = random(4); changes >= 0; changes -= 1) {
    const at = random(bytes.length + 1);
    const cut = random(2) * random(40);
    bytes = Buffer.concat([bytes.subarray(0, at), insertion(random, bytes, at), bytes.subarray(at + cut)]);
  }
  return bytes;
}

function insertion(random: Chance, bytes: Buffer, at: number): Buffer {
  switch (random(4)) {
    case 0:
      return Buffer.from([random(256)]);
    case 1:
      return Buffer.from(pieces[random(pieces.length)] ?? '');
    case 2:
      return bytes.subarray(at, at + random(40));
    default:
      return Buffer.alloc(0);
  }
}
