import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSignedBy } from './webhook-signature.ts';

const key = 'a key of the webhook, made up';
const sign = (body: Buffer, by = key): string => createHmac('sha256', by).update(body).digest('base64');

test('the signature of exactly these bytes is taken', () => {
  const body = Buffer.from('{"topic":"mdm.Connect"}');
  expect(isSignedBy(key, body, sign(body))).toBe(true);
});

test('a changed byte is refused, wherever it stands', () => {
  const body = Buffer.from('{"topic":"mdm.Connect"}');
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ by;
      return !isSignedBy(key, changed, sign(body));
    }),
  );
});

test.each([
  ['nothing', undefined],
  ['an empty header', ''],
  ['two headers', [sign(Buffer.from('x')), sign(Buffer.from('x'))]],
  ['another key', sign(Buffer.from('x'), 'another key')],
  ['hex', createHmac('sha256', key).update('x').digest('hex')],
  ['half of it', sign(Buffer.from('x')).slice(0, 20)],
  ['another spelling of the same bytes', sign(Buffer.from('x')).replace('=', '')],
])('%s is refused', (_what, header) => {
  expect(isSignedBy(key, Buffer.from('x'), header)).toBe(false);
});
