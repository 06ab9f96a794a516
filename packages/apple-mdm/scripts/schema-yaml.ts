/**
 * The YAML of apple/device-management is very regular: block mappings, block sequences, one-line scalars, and prose.
 * This reads that subset and leaves the prose out. Scalars stay text.
 */
export type YamlNode = string | readonly YamlNode[] | YamlMapping;
export interface YamlMapping {
  readonly [key: string]: YamlNode;
}

interface Line {
  /** Column of the text; of a sequence item, of what follows its dash. */
  readonly indent: number;
  readonly isItem: boolean;
  readonly text: string;
}
interface Cursor {
  readonly lines: readonly Line[];
  at: number;
}

const prose: ReadonlySet<string> = new Set(['title', 'description', 'content']);
const memberForm = /^([A-Za-z0-9][A-Za-z0-9 ._-]*):(?: +(.*))?$/;

/** @throws Error naming the first line outside the subset */
export function readSchemaYaml(source: string): YamlMapping {
  // `notes` is prose as a list, and always the last member.
  const facts = source.replace(/^notes:\n[^]*/m, '');
  const cursor: Cursor = { lines: facts.split('\n').flatMap(cutLine), at: 0 };
  const mapping = readMapping(cursor, 0);
  const rest = cursor.lines[cursor.at];
  if (rest !== undefined) throw new Error(`outside the known subset: ${rest.text}`);
  return mapping;
}

function cutLine(written: string): readonly Line[] {
  const text = written.trim();
  if (text === '') return [];
  const indent = written.search(/[^ ]/);
  return text.startsWith('- ')
    ? [{ indent: indent + 2, isItem: true, text: text.slice(2) }]
    : [{ indent, isItem: false, text }];
}

function readMapping(cursor: Cursor, indent: number): YamlMapping {
  const mapping: Record<string, YamlNode> = {};
  let line = cursor.lines[cursor.at];
  for (let first = true; line?.indent === indent && (first || !line.isItem); first = false) {
    const [, key, value] = memberForm.exec(line.text) ?? [];
    if (key === undefined || Object.hasOwn(mapping, key))
      throw new Error(`outside the known subset: ${line.text}`);
    cursor.at += 1;
    if (prose.has(key)) passDeeper(cursor, indent);
    else mapping[key] = value === undefined ? readBlock(cursor, indent) : readScalar(value);
    line = cursor.lines[cursor.at];
  }
  return mapping;
}

/** What stands under a key without a value; a sequence's dashes may stand in the column of the key. */
function readBlock(cursor: Cursor, indent: number): YamlNode {
  const line = cursor.lines[cursor.at];
  if (line === undefined || line.indent <= indent) return '';
  return line.isItem ? readSequence(cursor, line.indent) : readMapping(cursor, line.indent);
}

function readSequence(cursor: Cursor, indent: number): readonly YamlNode[] {
  const items: YamlNode[] = [];
  let line = cursor.lines[cursor.at];
  while (line?.indent === indent && line.isItem) {
    if (memberForm.test(line.text)) {
      items.push(readMapping(cursor, indent));
    } else {
      items.push(readScalar(line.text));
      cursor.at += 1;
    }
    line = cursor.lines[cursor.at];
  }
  return items;
}

function passDeeper(cursor: Cursor, indent: number): void {
  while ((cursor.lines[cursor.at]?.indent ?? 0) > indent) cursor.at += 1;
}

function readScalar(written: string): string {
  if (/^'(?:[^']|'')*'$/.test(written)) return written.slice(1, -1).replaceAll("''", "'");
  if (/^[|>"[{&*!]/.test(written) || written.startsWith("'"))
    throw new Error(`outside the known subset: ${written}`);
  return written;
}
