import type { PlistLimits } from './limits.ts';
import type { PlistErrorKind } from './plist-error.ts';
import { readData, readDate, readInteger, readReal } from './scalars.ts';
import type { Token, Tokens } from './tokens.ts';
import type { PlistValue } from './value.ts';

interface OpenTag {
  readonly kind: 'open' | 'empty';
  readonly name: string;
  readonly at: number;
}
type Container =
  | { readonly name: 'array'; readonly items: PlistValue[] }
  | { readonly name: 'dict'; readonly members: Record<string, PlistValue>; key: string | null };

/** Reads the one value of a `plist` element, and its closing tag. Keeps its own stack: nesting costs no recursion. */
export function readValue(tokens: Tokens, limits: PlistLimits): PlistValue {
  const stack: Container[] = [];
  let root: PlistValue | undefined;
  let nodes = 0;
  for (;;) {
    const token = nextStructural(tokens);
    if (token.kind === 'end') throw tokens.fault('unexpected-end', token.at);
    if (token.kind === 'close') {
      const container = stack.pop();
      if (token.name !== (container?.name ?? 'plist')) throw tokens.fault('mismatched-end', token.at);
      if (container === undefined) {
        if (root === undefined) throw tokens.fault('empty', token.at);
        return root;
      }
      if (container.name === 'dict' && container.key !== null)
        throw tokens.fault('key-without-value', token.at);
      continue;
    }
    nodes += 1;
    if (nodes > limits.maxNodes) throw tokens.fault('too-many-nodes', token.at);
    const parent = stack.at(-1);
    if (token.name === 'key') {
      takeKey(tokens, parent, token);
      continue;
    }
    checkPlace(tokens, parent, root, token.at);
    const container = openContainer(token.name);
    if (container !== null && stack.length === limits.maxDepth) throw tokens.fault('too-deep', token.at);
    const value = container === null ? readLeaf(tokens, token) : valueOf(container);
    if (container !== null && token.kind === 'open') stack.push(container);
    if (parent === undefined) root = value;
    else place(parent, value);
  }
}

/** The next tag or the end; between elements only blanks may stand. */
function nextStructural(tokens: Tokens): Exclude<Token, { kind: 'text' }> {
  for (;;) {
    const token = tokens.next();
    if (token.kind !== 'text') return token;
    if (/[^ \t\r\n]/.test(token.text)) throw tokens.fault('unexpected-text', token.at);
  }
}

function takeKey(tokens: Tokens, parent: Container | undefined, token: OpenTag): void {
  if (parent?.name !== 'dict') throw tokens.fault('unexpected-element', token.at);
  if (parent.key !== null) throw tokens.fault('key-without-value', token.at);
  const key = readText(tokens, token);
  if (Object.hasOwn(parent.members, key)) throw tokens.fault('duplicate-key', token.at);
  parent.key = key;
}

function checkPlace(
  tokens: Tokens,
  parent: Container | undefined,
  root: PlistValue | undefined,
  at: number,
): void {
  if (parent === undefined && root !== undefined) throw tokens.fault('unexpected-element', at);
  if (parent?.name === 'dict' && parent.key === null) throw tokens.fault('value-without-key', at);
}

function place(parent: Container, value: PlistValue): void {
  if (parent.name === 'array') {
    parent.items.push(value);
  } else if (parent.key !== null) {
    parent.members[parent.key] = value;
    parent.key = null;
  }
}

function openContainer(name: string): Container | null {
  if (name === 'array') return { name, items: [] };
  if (name === 'dict') return { name, members: emptyMembers(), key: null };
  return null;
}

function emptyMembers(): Record<string, PlistValue> {
  const members: Record<string, PlistValue> = {};
  Object.setPrototypeOf(members, null);
  return members;
}

function valueOf(container: Container): PlistValue {
  return container.name === 'array' ? container.items : container.members;
}

interface Leaf {
  readonly refusal: PlistErrorKind;
  readonly read: (text: string) => PlistValue | undefined;
}
const leaves: ReadonlyMap<string, Leaf> = new Map<string, Leaf>([
  ['string', { refusal: 'malformed', read: (text) => text }],
  ['integer', { refusal: 'bad-integer', read: readInteger }],
  ['real', { refusal: 'bad-real', read: readReal }],
  ['date', { refusal: 'bad-date', read: readDate }],
  ['data', { refusal: 'bad-data', read: readData }],
  ['true', { refusal: 'bad-boolean', read: (text) => (text === '' ? true : undefined) }],
  ['false', { refusal: 'bad-boolean', read: (text) => (text === '' ? false : undefined) }],
]);

function readLeaf(tokens: Tokens, token: OpenTag): PlistValue {
  const leaf = leaves.get(token.name);
  if (leaf === undefined)
    throw tokens.fault(token.name === 'plist' ? 'unexpected-element' : 'unknown-element', token.at);
  const value = leaf.read(readText(tokens, token));
  if (value === undefined) throw tokens.fault(leaf.refusal, token.at);
  return value;
}

/** The text up to the closing tag of an element that holds text only. */
function readText(tokens: Tokens, open: OpenTag): string {
  if (open.kind === 'empty') return '';
  let text = '';
  for (;;) {
    const token = tokens.next();
    if (token.kind === 'text') text += token.text;
    else if (token.kind === 'close' && token.name === open.name) return text;
    else
      throw tokens.fault(
        token.kind === 'end'
          ? 'unexpected-end'
          : token.kind === 'close'
            ? 'mismatched-end'
            : 'unexpected-element',
        token.at,
      );
  }
}
