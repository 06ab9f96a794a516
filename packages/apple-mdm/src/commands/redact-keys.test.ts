import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactKeys } from './redact-keys.ts';

const groups = fc.array(
  fc.string({
    unit: fc.constantFrom(...'23456789ABCDEFGHJKLMNOPQRTUVWXYZ'.split('')),
    minLength: 4,
    maxLength: 4,
  }),
  { minLength: 6, maxLength: 6 },
);

describe('redaction', () => {
  it('finds a key of the known alphabet however it is grouped and cased (reference section 5.5)', () => {
    const separator = fc.constantFrom('-', ' ', '', '\u2011', '\u2013', '_', '.', ' - ', '\n');
    fc.assert(
      fc.property(groups, separator, fc.boolean(), (key, between, lower) => {
        const written = lower ? key.join(between).toLowerCase() : key.join(between);
        expect(redactKeys(`refused: "${written}".`)).toBe('refused: "[redacted]".');
      }),
    );
  });

  it.each([
    ['glued to other text', 'Password=xABCD-2345-EFGH-6789-TUVW-XYZ2y', 'Password=x[redacted]y'],
    ['twice', 'ABCD-2345-EFGH-6789-TUVW-XYZ2,ABCD2345EFGH6789TUVWXYZ2', '[redacted],[redacted]'],
    ['with some separators', 'ABCD2345-EFGH6789-TUVWXYZ2', '[redacted]'],
  ])('finds a key %s', (_, text, redacted) => {
    expect(redactKeys(text)).toBe(redacted);
  });

  it.each([
    'Unknown command: RotateFileVaultKey <MDMClientError:91>',
    'The operation could not be completed. (com.apple.fdesetup error 11.)',
    'Invalid personal recovery password',
    'profile 66ADE930-5FDF-5EC4-8429-15640684C489 is missing',
    '',
  ])('leaves "%s" as it is', (text) => {
    expect(redactKeys(text)).toBe(text);
  });
});
