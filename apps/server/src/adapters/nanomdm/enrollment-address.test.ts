import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { enrollmentAddress, enrollmentCalled } from './enrollment-address.ts';

const prove = (id: string): string => createHmac('sha256', 'made up').update(id).digest('base64url');
const [mine, other] = [randomIds.next<'enrollment'>(), randomIds.next<'enrollment'>()];

test('what stands in the address of an enrollment proves it', () => {
  const address = enrollmentAddress(new URL('https://mdm.example.com/some/mdm'), mine, prove);
  expect(address).toMatch(/^https:\/\/mdm\.example\.com\/some\/mdm\?enrollment=/);
  expect(enrollmentCalled(Object.fromEntries(new URL(address).searchParams), prove)).toBe(mine);
});

describe('nothing else does', () => {
  test.each([
    ['no query', {}],
    ['no proof', { enrollment: mine }],
    ['the proof of another', { enrollment: mine, proof: prove(other) }],
    ['half a proof', { enrollment: mine, proof: prove(mine).slice(0, 20) }],
    ['an empty proof', { enrollment: mine, proof: '' }],
    ['no id', { enrollment: 'x', proof: prove('x') }],
    ['lists', { enrollment: [mine], proof: [prove(mine)] }],
  ])('%s', (_what, urlParams) => {
    expect(enrollmentCalled(urlParams, prove)).toBeNull();
  });
});
