import { expect, test } from 'vitest';
import { relativeTime } from './relative-time.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const say = (at: string): string => relativeTime(at, now, 'en');

test('less than a minute away is now, on both sides', () => {
  expect(say('2026-11-20T11:59:31Z')).toBe('now');
  expect(say('2026-11-20T12:00:30Z')).toBe('now');
});

test('the past is told in the largest whole unit', () => {
  expect(say('2026-11-20T11:56:00Z')).toBe('4 minutes ago');
  expect(say('2026-11-20T09:00:00Z')).toBe('3 hours ago');
  expect(say('2026-11-08T12:00:00Z')).toBe('12 days ago');
  expect(say('2026-10-16T12:00:00Z')).toBe('35 days ago');
  expect(say('2026-08-20T12:00:00Z')).toBe('3 months ago');
  expect(say('2024-11-01T12:00:00Z')).toBe('2 years ago');
});

test('a half-passed unit is never rounded up', () => {
  expect(say('2026-11-20T10:01:00Z')).toBe('1 hour ago');
});

test('the future is told as well', () => {
  expect(say('2026-11-23T12:00:00Z')).toBe('in 3 days');
});

test('another language says it its own way', () => {
  expect(relativeTime('2026-11-08T12:00:00Z', now, 'de')).toBe('vor 12 Tagen');
});
