import { timingSafeEqual } from 'node:crypto';

const SHOWN = '[secret]';
const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * Bytes that must not be seen. Whatever prints, copies or serializes a Secret gets `[secret]` or an empty object;
 * `expose()` is the only way to the bytes, so that one search finds every place that reads them.
 */
export class Secret {
  readonly #bytes: Buffer;
  #wiped = false;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    Object.freeze(this);
  }

  /** Copies the bytes; the caller may wipe its own afterwards. */
  static of(bytes: Uint8Array): Secret {
    return new Secret(unpooledCopy(bytes));
  }

  /** The UTF-8 bytes of the text. The text itself cannot be wiped: JavaScript strings are immutable. */
  static fromText(text: string): Secret {
    const bytes = Buffer.alloc(Buffer.byteLength(text));
    bytes.write(text);
    return new Secret(bytes);
  }

  /** A copy of the bytes, which the caller should `fill(0)` when done. Throws once wiped. */
  expose(): Buffer {
    return unpooledCopy(this.#live());
  }

  /** Takes the same time wherever the bytes differ. The length is not kept secret. Throws once either is wiped. */
  equals(other: Secret): boolean {
    const mine = this.#live();
    const theirs = other.#live();
    return mine.length === theirs.length && timingSafeEqual(mine, theirs);
  }

  /** In bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Overwrites these bytes with zeros. Copies made by `expose()` are their holder's to wipe. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  [inspect](): string {
    return SHOWN;
  }

  // Zeros handed out as a key would be worse than a stop.
  #live(): Buffer {
    if (this.#wiped) throw new Error('This secret has been wiped.');
    return this.#bytes;
  }
}

// Buffer.from shares one slab among small buffers: its neighbours would see these bytes through `.buffer`.
function unpooledCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.alloc(bytes.length);
  copy.set(bytes);
  return copy;
}
