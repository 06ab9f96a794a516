import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PlistErrorKind } from './plist-error.ts';
import { refusalOf } from './plist-refusal.fixture.ts';

// The offset is that of the mark ^, which is taken out before reading.
const refusals: readonly (readonly [PlistErrorKind, string])[] = [
  ['empty', '^'],
  ['empty', '<?xml version="1.0"?> ^'],
  ['empty', '^<plist/>'],
  ['empty', '<plist version="1.0">^</plist>'],
  ['unexpected-text', '^bplist00'],
  ['unexpected-text', '^{"a": 1}'],
  ['unexpected-element', '^<dict></dict>'],
  ['unexpected-element', '^<html><plist/></html>'],
  ['attribute', '^<plist version="2.0"><true/></plist>'],
  ['attribute', '^<plist xmlns="a"><true/></plist>'],
  ['attribute', '<plist>^<string a="b">c</string></plist>'],
  ['processing-instruction', '<?xml version="1.0"?>^<?a b?><plist><true/></plist>'],
  ['processing-instruction', '^<?xml version="1.0" encoding="UTF-16"?><plist><true/></plist>'],
  ['processing-instruction', '<plist>^<?a b?><true/></plist>'],
  ['doctype', '^<!DOCTYPE html><plist><true/></plist>'],
  ['doctype', '^<!DOCTYPE plist SYSTEM "file:///etc/passwd"><plist><true/></plist>'],
  ['doctype', '<plist>^<!DOCTYPE plist><true/></plist>'],
  ['internal-subset', '<!DOCTYPE plist ^[<!ENTITY a "b">]><plist><string>&a;</string></plist>'],
  [
    'internal-subset',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd" ^[]><plist><true/></plist>',
  ],
  ['entity', '<plist><string>a ^&nbsp;</string></plist>'],
  ['entity', '<plist><string>é\r\n&amp;^&a;</string></plist>'],
  ['entity', '<plist><string>^& b</string></plist>'],
  ['entity', '<plist><string>^&#0;</string></plist>'],
  ['entity', '<plist><string>^&#x8;</string></plist>'],
  ['entity', '<plist><string>^&#xD800;</string></plist>'],
  ['entity', '<plist><string>^&#x110000;</string></plist>'],
  ['entity', '<plist><string>^&constructor;</string></plist>'],
  ['control-character', '<plist><string>é^\u0000</string></plist>'],
  ['control-character', '\ufeff<plist><string>^\u001b</string></plist>'],
  ['unknown-element', '<plist>^<set/></plist>'],
  ['unknown-element', '<plist>^<constructor/></plist>'],
  ['unexpected-element', '<plist>^<plist><true/></plist></plist>'],
  ['unexpected-element', '<plist><true/>^<true/></plist>'],
  ['unexpected-element', '<plist><string>^<string>a</string></string></plist>'],
  ['unexpected-element', '<plist><array>^<key>a</key></array></plist>'],
  ['unexpected-text', '<plist>^a<true/></plist>'],
  ['unexpected-text', '<plist><array>^a<true/></array></plist>'],
  ['unexpected-text', '<plist><dict>^<![CDATA[a]]></dict></plist>'],
  ['trailing-content', '<plist><true/></plist>^a'],
  ['trailing-content', '<plist><true/></plist>\n^<plist><true/></plist>'],
  ['mismatched-end', '<plist><array>^</dict></plist>'],
  ['mismatched-end', '<plist><string>a^</data></plist>'],
  ['mismatched-end', '<plist><true/>^</array></plist>'],
  ['unexpected-end', '<plist><array><true/>^'],
  ['unexpected-end', '<plist><string>a^'],
  ['unexpected-end', '<plist>^<string'],
  ['unexpected-end', '<plist>^<!-- a </plist>'],
  ['unexpected-end', '<plist><string>^<![CDATA[ a </string></plist>'],
  ['malformed', '<plist><!-- a ^-- b --><true/></plist>'],
  ['malformed', '<plist><string>a^]]></string></plist>'],
  ['malformed', '<plist>^< true/></plist>'],
  ['malformed', '<plist>^</true/></plist>'],
  ['duplicate-key', '<plist><dict><key>a</key><true/>^<key>a</key><true/></dict></plist>'],
  ['duplicate-key', '<plist><dict><key>a</key><true/>^<key>&#97;</key><true/></dict></plist>'],
  ['duplicate-key', '<plist><dict><key>__proto__</key><true/>^<key>__proto__</key><true/></dict></plist>'],
  ['key-without-value', '<plist><dict><key>a</key>^</dict></plist>'],
  ['key-without-value', '<plist><dict><key>a</key>^<key>b</key></dict></plist>'],
  ['value-without-key', '<plist><dict>^<true/></dict></plist>'],
  ['bad-boolean', '<plist>^<true>1</true></plist>'],
  ['bad-integer', '<plist>^<integer/></plist>'],
  ['bad-integer', '<plist>^<integer>1 2</integer></plist>'],
  ['bad-integer', '<plist>^<integer>0x10</integer></plist>'],
  ['bad-integer', '<plist>^<integer>1\u00a0</integer></plist>'],
  ['bad-integer', '<plist>^<integer>18446744073709551616</integer></plist>'],
  ['bad-integer', '<plist>^<integer>-9223372036854775809</integer></plist>'],
  ['bad-real', '<plist>^<real>nan</real></plist>'],
  ['bad-real', '<plist>^<real>1e999</real></plist>'],
  ['bad-date', '<plist>^<date>2026-02-30T00:00:00Z</date></plist>'],
  ['bad-date', '<plist>^<date>2026-02-03T00:00:00+01:00</date></plist>'],
  ['bad-data', '<plist>^<data>YQ</data></plist>'],
  ['bad-data', '<plist>^<data>YR==</data></plist>'],
  ['bad-data', '<plist>^<data>YWJj*</data></plist>'],
  ['bad-data', '<plist>^<data>YQ==YQ==</data></plist>'],
];

describe('a refusal', () => {
  it.each(refusals)('%s is told with its byte: %s', (kind, marked) => {
    const at = marked.indexOf('^');
    const bytes = Buffer.from(marked.replace('^', ''));
    expect(refusalOf(bytes)).toMatchObject({ kind, offset: Buffer.byteLength(marked.slice(0, at)) });
  });

  it.each([
    ['a stray continuation byte', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut sequence', [0xf0, 0x9f, 0x98]],
  ])('%s is told with its byte', (_, wrong) => {
    const head = Buffer.from('<plist><string>é');
    const bytes = Buffer.concat([head, Buffer.from(wrong), Buffer.from('</string></plist>')]);
    expect(refusalOf(bytes)).toMatchObject({ kind: 'invalid-utf8', offset: head.length });
  });

  it('never holds content', () => {
    const secret = 'ABCD-2345-EFGH-6789-TUVW-XYZ2';
    const bodies = [
      `<string>${secret}&x;</string>`,
      `<${secret}/>`,
      `<integer>${secret}</integer>`,
      `<dict><key>${secret}</key></dict>`,
    ];
    for (const body of bodies) {
      const error = refusalOf(Buffer.from(`<plist>${body}</plist>`));
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(secret);
    }
  });
});
