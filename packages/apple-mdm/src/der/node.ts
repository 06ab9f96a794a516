/** One element as it stood in the bytes. Slices are views of the source, never copies. */
export class Asn1Node {
  /** Class and number, as in `TAG`; the constructed bit is in `constructed`. */
  readonly tag: number;
  readonly constructed: boolean;
  /** Empty for a primitive element. */
  readonly children: readonly Asn1Node[];
  /** First octet of the identifier, counted in the source. */
  readonly offset: number;
  readonly #source: Buffer;
  readonly #contentStart: number;
  readonly #contentEnd: number;
  readonly #end: number;

  constructor(
    source: Buffer,
    tag: number,
    constructed: boolean,
    at: {
      readonly start: number;
      readonly contentStart: number;
      readonly contentEnd: number;
      readonly end: number;
    },
    children: readonly Asn1Node[],
  ) {
    this.tag = tag;
    this.constructed = constructed;
    this.children = children;
    this.offset = at.start;
    this.#source = source;
    this.#contentStart = at.contentStart;
    this.#contentEnd = at.contentEnd;
    this.#end = at.end;
  }

  /** The whole element: header, content and, if there is one, end-of-contents. */
  get raw(): Buffer {
    return this.#source.subarray(this.offset, this.#end);
  }

  /** Without header and end-of-contents. */
  get content(): Buffer {
    return this.#source.subarray(this.#contentStart, this.#contentEnd);
  }

  get contentLength(): number {
    return this.#contentEnd - this.#contentStart;
  }

  /** First octet after the element. */
  get end(): number {
    return this.#end;
  }

  /** Whether the length is written the one way DER allows (X.690 10.1). Says nothing of the content. */
  get hasDerLength(): boolean {
    const length = this.contentLength;
    const octets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    return this.#end === this.#contentEnd && this.#contentStart - this.offset === 2 + octets;
  }
}
