/** One HTTP/1.1 message as it is on the wire. */
export type Message = {
  /** Request line or status line. */
  readonly start: string;
  readonly bytes: Buffer;
  readonly body: Buffer;
};

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/** The status of an answer. */
export const statusOf = (message: Message): number => Number(message.start.split(' ')[1] ?? 0);

/** Cuts a stream into whole messages: as much of RFC 9112 as our server, our Macs and fetch speak. */
export class MessageReader {
  readonly #kind: 'request' | 'response';
  #waiting: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  constructor(kind: 'request' | 'response') {
    this.#kind = kind;
  }

  read(chunk: Buffer): readonly Message[] {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    const whole: Message[] = [];
    for (let next = this.#next(); next !== null; next = this.#next()) whole.push(next);
    return whole;
  }

  #next(): Message | null {
    const end = this.#waiting.indexOf(headEnd);
    if (end < 0) return null;
    const head = this.#waiting.subarray(0, end).toString('latin1');
    const bodyAt = end + headEnd.length;
    const length = this.#bodyLength(head, bodyAt);
    if (length === null || this.#waiting.length < bodyAt + length) return null;
    const bytes = this.#waiting.subarray(0, bodyAt + length);
    this.#waiting = this.#waiting.subarray(bytes.length);
    return { start: head.split('\r\n')[0] ?? '', bytes, body: bytes.subarray(bodyAt) };
  }

  #bodyLength(head: string, bodyAt: number): number | null {
    const declared = /\r\ncontent-length: *(\d+)/iu.exec(head)?.[1];
    if (declared !== undefined) return Number(declared);
    if (/\r\ntransfer-encoding: *chunked/iu.test(head)) {
      const end = this.#waiting.indexOf(lastChunk, bodyAt);
      return end < 0 ? null : end + lastChunk.length - bodyAt;
    }
    return this.#kind === 'request' || /^HTTP\/1.1 (?:1|204|304)/u.test(head) ? 0 : null;
  }
}
