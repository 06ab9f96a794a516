/** A repeatable source of chance: mulberry32, numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// Identifiers and lengths that parsers trip over: indefinite, four octets of length, end of contents, SEQUENCE, [0].
const NASTY = [
  '80',
  '84ffffffff',
  '847fffffff',
  '0000',
  '3080',
  'a080',
  '2480',
  '0400',
  '30',
  '1f',
  'ff',
].map((hex) => Buffer.from(hex, 'hex'));

/** One to four changes of a message: bits, octets, pieces cut out, doubled, moved or replaced. */
export function mutate(bytes: Buffer, chance: () => number): Buffer {
  let mutated = Buffer.from(bytes);
  const changes = 1 + Math.floor(chance() * 4);
  for (let i = 0; i < changes; i += 1) mutated = mutateOnce(mutated, chance);
  return mutated;
}

function mutateOnce(bytes: Buffer, chance: () => number): Buffer<ArrayBuffer> {
  const at = Math.floor(chance() * bytes.length);
  const end = Math.min(bytes.length, at + 1 + Math.floor(chance() * 64));
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  const nasty = NASTY[Math.floor(chance() * NASTY.length)] ?? Buffer.alloc(0);
  switch (Math.floor(chance() * 7)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, piece, piece, after]);
    case 2:
      return Buffer.concat([before, nasty, piece, after]);
    case 3:
      return Buffer.concat([before, nasty, bytes.subarray(at + nasty.length)]);
    case 4:
      return Buffer.concat([before]);
    case 5:
      return Buffer.concat([after, before, piece]);
    default: {
      const changed = Buffer.from(bytes);
      if (changed.length > 0) changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(chance() * 8));
      return changed;
    }
  }
}
