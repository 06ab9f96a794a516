import { byteOffset, type PlistText } from './decode.ts';
import { resolveReferences } from './entities.ts';
import { PlistError, type PlistErrorKind } from './plist-error.ts';

/** One piece of the document. `at` is its position in the text, for errors. */
export type Token =
  | { readonly kind: 'open' | 'empty'; readonly name: string; readonly at: number }
  | { readonly kind: 'close'; readonly name: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const blank = /[ \t\r\n]*/y;
const declaration =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.0\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])utf-8\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\3)?[ \t\r\n]*\?>/iy;
// The two public identifiers Apple has used. Neither address is ever fetched.
const doctype =
  /<!DOCTYPE[ \t\r\n]+plist[ \t\r\n]+PUBLIC[ \t\r\n]+(["'])-\/\/Apple(?: Computer)?\/\/DTD PLIST 1\.0\/\/EN\1[ \t\r\n]+(["'])https?:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd\2[ \t\r\n]*>/y;
const tag = /<(\/?)([A-Za-z]+)[ \t\r\n]*(\/?)>/y;
const rootTag = /<(plist)(?:[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.0\2)?[ \t\r\n]*(\/?)>/y;

/** Cuts a document into tokens, front to back, each character looked at once. Comments are passed over. */
export class Tokens {
  readonly #document: PlistText;
  readonly #text: string;
  #at = 0;

  constructor(document: PlistText) {
    this.#document = document;
    this.#text = document.text;
  }

  /** Reads the prolog and the opening `plist` tag. */
  readRoot(): void {
    this.#match(declaration);
    this.#passBlanksAndComments();
    if (this.#text.startsWith('<!DOCTYPE', this.#at)) this.#readDoctype();
    this.#passBlanksAndComments();
    const at = this.#at;
    const root = this.#match(rootTag);
    if (root === null) throw this.#rootFault(at);
    if (root[3] === '/') throw this.fault('empty', at);
  }

  /** Only blanks and comments may follow the closing `plist` tag. */
  readEnd(): void {
    this.#passBlanksAndComments();
    if (this.#at !== this.#text.length) throw this.fault('trailing-content', this.#at);
  }

  next(): Token {
    while (this.#passComment());
    const at = this.#at;
    if (at === this.#text.length) return { kind: 'end', at };
    if (this.#text[at] !== '<') return this.#readText(at);
    if (this.#text.startsWith('<![CDATA[', at)) return this.#readCdata(at);
    const match = this.#match(tag);
    if (match === null) throw this.#tagFault(at);
    const [, slash, name = '', closed] = match;
    if (slash === '/' && closed === '/') throw this.fault('malformed', at);
    if (slash === '/') return { kind: 'close', name, at };
    return { kind: closed === '/' ? 'empty' : 'open', name, at };
  }

  /** The error for a fault at a position of the text, told in bytes. */
  fault(kind: PlistErrorKind, at: number): PlistError {
    return new PlistError(kind, byteOffset(this.#document, at));
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #passBlanksAndComments(): void {
    do this.#match(blank);
    while (this.#passComment());
  }

  #passComment(): boolean {
    const at = this.#at;
    if (!this.#text.startsWith('<!--', at)) return false;
    const end = this.#text.indexOf('--', at + 4);
    if (end === -1) throw this.fault('unexpected-end', at);
    if (this.#text[end + 2] !== '>') throw this.fault('malformed', end);
    this.#at = end + 3;
    return true;
  }

  #readDoctype(): void {
    const at = this.#at;
    if (this.#match(doctype) !== null) return;
    const close = this.#text.indexOf('>', at);
    const subset = this.#text.slice(at, close === -1 ? undefined : close).indexOf('[');
    throw subset === -1 ? this.fault('doctype', at) : this.fault('internal-subset', at + subset);
  }

  #readText(at: number): Token {
    const next = this.#text.indexOf('<', at);
    this.#at = next === -1 ? this.#text.length : next;
    const raw = this.#text.slice(at, this.#at);
    const stray = raw.indexOf(']]>');
    if (stray !== -1) throw this.fault('malformed', at + stray);
    const text = resolveReferences(oneLineEnd(raw));
    // Line ends only ever get shorter, so the position of a refused reference is looked up in the raw text.
    if (typeof text !== 'string') throw this.fault('entity', at + rawPosition(raw, text.refusedAt));
    return { kind: 'text', text, at };
  }

  #readCdata(at: number): Token {
    const end = this.#text.indexOf(']]>', at + 9);
    if (end === -1) throw this.fault('unexpected-end', at);
    this.#at = end + 3;
    return { kind: 'text', text: oneLineEnd(this.#text.slice(at + 9, end)), at };
  }

  #rootFault(at: number): PlistError {
    if (at === this.#text.length) return this.fault('empty', at);
    if (this.#text[at] !== '<') return this.fault('unexpected-text', at);
    if (/<[A-Za-z]+[ \t\r\n/>]/y.test(this.#text.slice(at, at + 64))) {
      return this.fault(this.#text.startsWith('<plist', at) ? 'attribute' : 'unexpected-element', at);
    }
    return this.#tagFault(at);
  }

  #tagFault(at: number): PlistError {
    if (this.#text.startsWith('<?', at)) return this.fault('processing-instruction', at);
    if (this.#text.startsWith('<!DOCTYPE', at)) return this.fault('doctype', at);
    if (this.#text.indexOf('>', at) === -1) return this.fault('unexpected-end', at);
    return this.fault(
      /^<[A-Za-z]+[ \t\r\n]/.test(this.#text.slice(at, at + 64)) ? 'attribute' : 'malformed',
      at,
    );
  }
}

/** XML 1.0 section 2.11: a written line end is one line feed. */
function oneLineEnd(raw: string): string {
  return raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
}

function rawPosition(raw: string, normalized: number): number {
  let dropped = 0;
  for (let at = raw.indexOf('\r\n'); at !== -1 && at - dropped < normalized; at = raw.indexOf('\r\n', at + 2))
    dropped += 1;
  return normalized + dropped;
}
