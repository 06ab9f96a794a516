import { describe, expect, it } from 'vitest';
import { parseAnswer } from './command-answer.ts';
import type { PlistDict } from './plist/value.ts';
import { writePlist } from './plist.ts';

const parse = (dict: PlistDict) => parseAnswer(writePlist({ UDID: 'UDID-1', ...dict }));

describe('an answer (reference section 4.1)', () => {
  it('Idle answers no command', () => {
    expect(parse({ Status: 'Idle' })).toMatchObject({
      status: 'Idle',
      commandUuid: null,
      channel: { kind: 'device', udid: 'UDID-1' },
      errorChain: [],
    });
  });

  it.each(['Acknowledged', 'Error', 'CommandFormatError', 'NotNow'])(
    '4.1-5 %s names its command',
    (status) => {
      expect(parse({ Status: status, CommandUUID: 'C-1' })).toMatchObject({ status, commandUuid: 'C-1' });
    },
  );

  it('keeps every key of the result, known or not', () => {
    expect(parse({ Status: 'Acknowledged', CommandUUID: 'C-1', Novel: [1] }).result).toMatchObject({
      Novel: [1n],
    });
  });

  it('4.1-7 carries the error chain, the outermost fault first', () => {
    const chain = [
      {
        ErrorCode: 12021,
        ErrorDomain: 'MCMDMErrorDomain',
        LocalizedDescription: 'Unbekannter Befehl',
        USEnglishDescription: 'Unknown command',
      },
      { ErrorCode: -5, ErrorDomain: 'Inner', LocalizedDescription: 'inner' },
    ];
    expect(parse({ Status: 'Error', CommandUUID: 'C-1', ErrorChain: chain }).errorChain).toEqual([
      {
        code: 12021,
        domain: 'MCMDMErrorDomain',
        localizedDescription: 'Unbekannter Befehl',
        usEnglishDescription: 'Unknown command',
      },
      { code: -5, domain: 'Inner', localizedDescription: 'inner' },
    ]);
  });

  it.each<[string, PlistDict]>([
    ['no array', { ErrorChain: 'broken' }],
    ['no dicts', { ErrorChain: [1, 'two'] }],
  ])('4.1-7 a chain with %s loses no answer', (_, members) => {
    expect(parse({ Status: 'Error', CommandUUID: 'C-1', ...members }).errorChain).toEqual([]);
  });

  it('a fault that says nothing readable is a fault all the same', () => {
    const chain = [{ ErrorCode: 2n ** 60n, ErrorDomain: 5 }];
    expect(parse({ Status: 'Error', CommandUUID: 'C-1', ErrorChain: chain }).errorChain).toEqual([
      { code: null, domain: null, localizedDescription: null },
    ]);
  });

  it('5.7-1 a recovery key in an error text is taken out (reference section 5.7)', () => {
    const text = 'key ABCD-2345-EFGH-6789-TUVW-XYZ2 was refused';
    const chain = [
      { ErrorCode: 1, ErrorDomain: text, LocalizedDescription: text, USEnglishDescription: text },
    ];
    const faults = parse({ Status: 'Error', CommandUUID: 'C-1', ErrorChain: chain }).errorChain;
    const redacted = 'key [redacted] was refused';
    expect(faults).toEqual([
      { code: 1, domain: redacted, localizedDescription: redacted, usEnglishDescription: redacted },
    ]);
  });

  it.each<[string, string, PlistDict]>([
    ['missing-key', 'Status', {}],
    ['unknown-value', 'Status', { Status: 'Done', CommandUUID: 'C-1' }],
    ['missing-key', 'CommandUUID', { Status: 'Acknowledged' }],
    ['wrong-type', 'CommandUUID', { Status: 'Error', CommandUUID: 5 }],
    ['empty-value', 'UDID', { Status: 'Idle', UDID: '' }],
  ])('4.1-5 is refused for %s at %s', (kind, key, dict) => {
    expect(() => parse(dict)).toThrow(expect.objectContaining({ name: 'MessageError', kind, key }));
  });
});
