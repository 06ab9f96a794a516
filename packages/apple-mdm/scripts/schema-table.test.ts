import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appleSchema } from '../src/schema/apple-schema.ts';
import { readKeys } from './schema-keys.ts';
import { readSchemaTable } from './schema-table.ts';
import { readSchemaYaml } from './schema-yaml.ts';

const sample = `title: Sample
description: First line: with a colon
  and a second one
payload:
  requesttype: Sample
payloadkeys:
- key: Mode
  title: Mode
  supportedOS:
    iOS:
      introduced: '4.0'
    macOS:
      introduced: n/a
  type: <string>
  presence: required
  rangelist:
  - 'On'
  - it''s off
  content: |-
    Prose.

    - key: NotAKey
- key: Pair
  type: <array>
  subkeys:
  - key: PairItem
    type: <integer>
    repetition:
      min: 2
      max: 2
    range:
      min: -1
      max: 9
notes:
- title: Prose
`;

describe('the reader of schema files', () => {
  it('reads facts and leaves prose out', () => {
    const schema = readSchemaYaml(sample.replace("it''s off", "'it''s off'"));
    expect(schema).not.toHaveProperty('title');
    expect(readKeys(schema['payloadkeys'])).toEqual([
      { name: 'Mode', type: 'string', required: true, values: ['On', "it's off"], notOnMacos: true },
      {
        name: 'Pair',
        type: 'array',
        keys: [{ name: 'PairItem', type: 'integer', min: -1, max: 9, repetition: [2, 2] }],
      },
    ]);
  });

  it.each([
    ['a flow collection', 'payload: [a, b]'],
    ['an alias', 'payload: *other'],
    ['a folded scalar outside prose', 'payload: >-\n  text'],
    ['a second line of a plain scalar', 'payload: one\n  two'],
    ['a repeated key', 'payload: one\npayload: two'],
    ['text without a key', 'payload'],
  ])('refuses %s rather than misread it', (_, source) => {
    expect(() => readSchemaYaml(source)).toThrow('outside the known subset');
  });

  it('refuses a key of unknown type', () => {
    expect(() => readKeys([{ key: 'Mode', type: '<colour>' }])).toThrow('key Mode has the type <colour>');
  });
});

const reference = process.env['KEYHAVEN_REFERENCE'];

describe.runIf(reference !== undefined)("Apple's files", () => {
  // The reader itself compares how many keys it found with how many lines state one.
  it('give the table that is checked in', () => {
    expect(readSchemaTable(path.join(reference ?? '', 'apple-schema'))).toEqual(appleSchema);
  });
});
