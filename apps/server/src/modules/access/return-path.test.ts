import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localReturnPath } from './return-path.ts';

const elsewhere = [
  'https://evil.example',
  'http://evil.example/',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/a/../..//evil.example',
  '/%2e%2e//evil.example',
  '/.%2E//evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'evil.example',
  '@evil.example',
  '.evil.example',
  'https:/evil.example',
  'https:evil.example',
  '/\u2028/evil.example',
  '/\u00a0/evil.example',
  '/\ufeff/evil.example',
  '/a\r\nset-cookie: a=b',
  '/a\u0000',
  '/\u007f',
  '',
  '?a',
  '#a',
  `/${'a'.repeat(2001)}`,
  `/${'ä'.repeat(1500)}`,
];

describe('the way back after a sign-in', () => {
  it.each(elsewhere)('is home instead of %j', (wanted) => {
    expect(localReturnPath(wanted)).toBe('/');
  });

  it.each([undefined, null, 7, ['/help'], { toString: () => '/help' }])(
    'is home instead of no text (%j)',
    (wanted) => {
      expect(localReturnPath(wanted)).toBe('/');
    },
  );

  it.each([
    '/sign-in',
    '/sign-in?fresh=1',
    '/sign-in/return?code=1',
    '/a/../sign-out',
    '/evaluation-identity/auth',
  ])('does not lead back into the sign-in: %s', (wanted) => {
    expect(localReturnPath(wanted)).toBe('/');
  });

  it.each([
    ['/', '/'],
    ['/devices/7?tab=log#last', '/devices/7?tab=log#last'],
    ['/help/a%2F%2Fb', '/help/a%2F%2Fb'],
    ['/console/devices?search=https://x', '/console/devices?search=https://x'],
    ['/a/../help', '/help'],
    ['/geräte', '/ger%C3%A4te'],
    ['/sign-inside', '/sign-inside'],
  ])('%s is %s', (wanted, way) => {
    expect(localReturnPath(wanted)).toBe(way);
  });

  it('stays on this site for every text, and is fit for a header', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '@',
      ':',
      'http',
      '//',
      '\t',
      '\n',
      ' ',
      '?',
      '#',
      'x',
      'é',
      ';',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => `/${all.join('')}`),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(texts, (wanted) => {
        const way = localReturnPath(wanted);
        const base = 'https://keys.example.com';
        expect(new URL(way, base).origin).toBe(base);
        expect(way).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        // A second reading changes nothing: the flow's memory is read through it again.
        expect(localReturnPath(way)).toBe(way);
      }),
      { numRuns: 5000 },
    );
  });
});
