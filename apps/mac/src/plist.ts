/** XML property lists (Apple's PropertyList-1.0): what MDM puts on the wire. Strict on input. */

export type PlistValue = string | bigint | number | boolean | Date | Buffer | PlistArray | PlistDict;
export type PlistArray = readonly PlistValue[];
export type PlistDict = { readonly [key: string]: PlistValue };

/** The text is no property list; says where. */
export class PlistError extends Error {
  override readonly name = 'PlistError';
}

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
  '<plist version="1.0">\n';

/** `bigint` becomes <integer>, `number` becomes <real>. */
export function writePlist(value: PlistValue): Buffer {
  return Buffer.from(`${HEAD}${write(value)}\n</plist>\n`, 'utf8');
}

function write(value: PlistValue): string {
  if (typeof value === 'string') return `<string>${escape(value)}</string>`;
  if (typeof value === 'bigint') return `<integer>${value}</integer>`;
  if (typeof value === 'number') return `<real>${value}</real>`;
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (value instanceof Date) return `<date>${value.toISOString().replace(/\.\d+/u, '')}</date>`;
  if (Buffer.isBuffer(value)) return `<data>\n${value.toString('base64')}\n</data>`;
  if (isPlistArray(value)) return `<array>\n${value.map((item) => `${write(item)}\n`).join('')}</array>`;
  const entries = Object.entries(value).map(([key, item]) => `<key>${escape(key)}</key>\n${write(item)}\n`);
  return `<dict>\n${entries.join('')}</dict>`;
}

function isPlistArray(value: PlistValue): value is PlistArray {
  return Array.isArray(value);
}

export function isPlistDict(value: PlistValue | undefined): value is PlistDict {
  return (
    typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value) && !(value instanceof Date)
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Reads a whole document. Throws PlistError. */
export function parsePlist(bytes: Uint8Array): PlistValue {
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes);
  const opening = /^\s*(?:<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE[^>[]*>)?\s*<plist[^>]*>/u.exec(text);
  if (opening === null) throw new PlistError('no plist element');
  const cursor: Cursor = { text, at: opening[0].length };
  const value = readValue(cursor, nextTag(cursor), 0);
  if (nextTag(cursor) !== '/plist') throw new PlistError(`plist not closed at ${cursor.at}`);
  return value;
}

/** A dictionary or an error. */
export function parsePlistDict(bytes: Uint8Array): PlistDict {
  const value = parsePlist(bytes);
  if (!isPlistDict(value)) throw new PlistError('not a dictionary');
  return value;
}

type Cursor = { readonly text: string; at: number };

function nextTag(cursor: Cursor): string {
  const open = cursor.text.indexOf('<', cursor.at);
  const close = cursor.text.indexOf('>', open);
  if (open === -1 || close === -1) throw new PlistError(`ends at ${cursor.at}`);
  if (cursor.text.slice(cursor.at, open).trim() !== '') throw new PlistError(`stray text at ${cursor.at}`);
  if (cursor.text.startsWith('<!--', open)) return skipComment(cursor, open);
  cursor.at = close + 1;
  return cursor.text.slice(open + 1, close).trimEnd();
}

function skipComment(cursor: Cursor, open: number): string {
  const end = cursor.text.indexOf('-->', open);
  if (end === -1) throw new PlistError(`comment not closed at ${open}`);
  cursor.at = end + 3;
  return nextTag(cursor);
}

function readValue(cursor: Cursor, tag: string, depth: number): PlistValue {
  if (depth > 32) throw new PlistError('nested too deeply');
  if (tag === 'dict') return readDict(cursor, depth);
  if (tag === 'array') return readArray(cursor, depth);
  if (tag === 'dict/' || tag === 'dict /') return {};
  if (tag === 'array/' || tag === 'array /') return [];
  if (tag === 'true/' || tag === 'true /') return true;
  if (tag === 'false/' || tag === 'false /') return false;
  if (tag === 'string/' || tag === 'string /') return '';
  if (tag === 'data/' || tag === 'data /') return Buffer.alloc(0);
  return scalar(tag, readText(cursor, tag), cursor.at);
}

function scalar(tag: string, text: string, at: number): PlistValue {
  if (tag === 'string') return text;
  if (tag === 'integer' && /^\s*-?\d+\s*$/u.test(text)) return BigInt(text.trim());
  if (tag === 'real' && text.trim() !== '') return Number(text);
  if (tag === 'data' && /^[A-Za-z0-9+/=\s]*$/u.test(text)) return Buffer.from(text, 'base64');
  if (tag === 'date' && !Number.isNaN(Date.parse(text))) return new Date(text);
  throw new PlistError(`unreadable value before ${at}`);
}

function readText(cursor: Cursor, tag: string): string {
  const end = cursor.text.indexOf(`</${tag}>`, cursor.at);
  if (end === -1) throw new PlistError(`element not closed at ${cursor.at}`);
  const text = cursor.text.slice(cursor.at, end);
  if (text.includes('<')) throw new PlistError(`element inside text at ${cursor.at}`);
  cursor.at = end + tag.length + 3;
  return text.includes('&') ? unescape(text) : text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]+|#\d+|\w+);/giu, (_whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    const known = ENTITIES[name];
    if (known === undefined) throw new PlistError('unknown entity');
    return known;
  });
}

function readArray(cursor: Cursor, depth: number): PlistArray {
  const items: PlistValue[] = [];
  for (let tag = nextTag(cursor); tag !== '/array'; tag = nextTag(cursor)) {
    items.push(readValue(cursor, tag, depth + 1));
  }
  return items;
}

function readDict(cursor: Cursor, depth: number): PlistDict {
  // A null prototype, so that a key named __proto__ is a key like any other.
  const dict: Record<string, PlistValue> = Object.create(null);
  for (let tag = nextTag(cursor); tag !== '/dict'; tag = nextTag(cursor)) {
    if (tag !== 'key') throw new PlistError(`key expected at ${cursor.at}`);
    const key = readText(cursor, 'key');
    if (key in dict) throw new PlistError(`key twice at ${cursor.at}`);
    dict[key] = readValue(cursor, nextTag(cursor), depth + 1);
  }
  return dict;
}
