import { expect, test } from 'vitest';
import { isMac } from './is-mac.ts';

const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15';

test('a Mac is a Mac, whatever its browser', () => {
  expect(isMac({ userAgent: safari, maxTouchPoints: 0 })).toBe(true);
  expect(isMac({ userAgent: safari.replace('Version', 'Chrome'), maxTouchPoints: 0 })).toBe(true);
});

test('an iPad that calls itself a Mac, a phone and another computer are none', () => {
  expect(isMac({ userAgent: safari, maxTouchPoints: 5 })).toBe(false);
  expect(
    isMac({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', maxTouchPoints: 5 }),
  ).toBe(false);
  expect(isMac({ userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)', maxTouchPoints: 0 })).toBe(false);
});
