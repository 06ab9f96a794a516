import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGetMessage } from './get-message.ts';
import { ScepError } from './scep-error.ts';

const spellings: readonly (readonly [string, (base64: string) => string])[] = [
  ['percent-encoded', encodeURIComponent],
  ['not encoded at all', (base64) => base64],
  ['base64url without padding', (base64) => Buffer.from(base64, 'base64').toString('base64url')],
  ['with blanks for plus', (base64) => base64.replaceAll('+', ' ')],
  ['in lines of 64', (base64) => encodeURIComponent(base64.replaceAll(/.{64}/g, '$&\r\n'))],
];

describe('decodeGetMessage', () => {
  it.each(spellings)('2.1-3 reads a message %s', (_, spell) => {
    assert(
      property(uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const base64 = Buffer.from(bytes).toString('base64');
        const query = `operation=PKIOperation&message=${spell(base64)}`;
        expect(decodeGetMessage(query)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([
    '',
    'operation=PKIOperation',
    'message=',
    'message=%',
    'message=A%00',
    'message=<>',
    'message=A%ZZ',
  ])('refuses the query %j', (query) => {
    expect(() => decodeGetMessage(query)).toThrow(ScepError);
  });

  it('refuses a query beyond 64 KiB', () => {
    expect(() => decodeGetMessage(`message=${'A'.repeat(64 * 1024)}`)).toThrow(ScepError);
  });
});
