import { expect, test } from 'vitest';
import { isNetwork, trustedProxies } from './trusted-proxies.ts';

test.each(['127.0.0.1', '::1', '10.1.0.0/16', 'fd00::/8', '0.0.0.0/0'])('%s is a network', (text) => {
  expect(isNetwork(text)).toBe(true);
});

test.each(['', 'proxy', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0', '::/129', '1'])(
  '%j is none',
  (text) => {
    expect(isNetwork(text)).toBe(false);
  },
);

test('an address within a trusted network is trusted, in IPv6 clothes too', () => {
  const trusts = trustedProxies(['10.1.0.0/16', '::1']);
  expect(['10.1.2.3', '::ffff:10.1.2.3', '::1'].map(trusts)).toEqual([true, true, true]);
});

test('any other address is not, nor one that is unknown', () => {
  const trusts = trustedProxies(['10.1.0.0/16']);
  expect(['10.2.0.1', '::1', '127.0.0.1', '', undefined].map(trusts)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('nobody is trusted where nobody is named', () => {
  expect(trustedProxies([])('127.0.0.1')).toBe(false);
});
