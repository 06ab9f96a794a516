import type { SchemaKey, SchemaType } from '../src/schema/schema-key.ts';
import type { YamlMapping, YamlNode } from './schema-yaml.ts';

const types: readonly SchemaType[] = [
  'string',
  'integer',
  'real',
  'boolean',
  'date',
  'data',
  'array',
  'dictionary',
  'any',
];

/** The facts of a list of keys (`payloadkeys`, `responsekeys`, `subkeys`); no list is an empty one. */
export function readKeys(list: YamlNode | undefined): readonly SchemaKey[] {
  if (list === undefined || list === '') return [];
  if (!isList(list)) throw new Error('a list of keys is expected');
  return list.map(readKey);
}

function readKey(node: YamlNode): SchemaKey {
  const name = text(node, 'key');
  const written = text(node, 'type');
  const type = types.find((known) => `<${known}>` === written);
  if (name === undefined || type === undefined) throw new Error(`key ${name} has the type ${written}`);
  const subkeys = readKeys(at(node, 'subkeys'));
  const isContainer = type === 'array' || type === 'dictionary';
  return {
    name,
    type,
    ...(text(node, 'presence') === 'required' ? { required: true as const } : {}),
    ...readRange(node, type, isContainer ? [] : subkeys),
    ...readMacos(node),
    ...(isContainer && subkeys.length > 0 ? { keys: subkeys } : {}),
  };
}

/** Allowed values stand in a rangelist, or, for the items of a list of names, as subkeys of a scalar. */
function readRange(node: YamlNode, type: SchemaType, named: readonly SchemaKey[]): Partial<SchemaKey> {
  const list = at(node, 'rangelist');
  const listed = isList(list) ? list.map(String) : named.map((key) => key.name);
  const range = at(node, 'range');
  const repetition = at(node, 'repetition');
  const format = text(node, 'format');
  return {
    ...(listed.length === 0 ? {} : { values: type === 'integer' ? listed.map(Number) : listed }),
    ...(range === undefined ? {} : { min: number(range, 'min'), max: number(range, 'max') }),
    ...(format === undefined ? {} : { format }),
    ...(repetition === undefined
      ? {}
      : { repetition: [number(repetition, 'min'), number(repetition, 'max')] as const }),
  };
}

function readMacos(node: YamlNode): Partial<SchemaKey> {
  const macos = at(at(node, 'supportedOS'), 'macOS');
  const mode = text(at(macos, 'userenrollment'), 'mode');
  return {
    ...(text(macos, 'introduced') === 'n/a' ? { notOnMacos: true as const } : {}),
    ...(text(macos, 'devicechannel') === 'false' ? { userChannelOnly: true as const } : {}),
    ...(mode === 'forbidden' || mode === 'required' ? { userEnrollment: mode } : {}),
  };
}

/** How many keys a list states, subkeys and named values included. */
export function countKeys(list: YamlNode | undefined): number {
  if (!isList(list)) return 0;
  return list.reduce<number>((count, node) => count + 1 + countKeys(at(node, 'subkeys')), 0);
}

export function at(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return isMapping(node) ? node[key] : undefined;
}

export function text(node: YamlNode | undefined, key: string): string | undefined {
  const value = at(node, key);
  return typeof value === 'string' ? value : undefined;
}

function number(node: YamlNode, key: string): number {
  const value = Number(text(node, key));
  if (Number.isNaN(value)) throw new Error(`${key} is no number`);
  return value;
}

function isList(node: YamlNode | undefined): node is readonly YamlNode[] {
  return Array.isArray(node);
}

function isMapping(node: YamlNode | undefined): node is YamlMapping {
  return typeof node === 'object' && !Array.isArray(node);
}
