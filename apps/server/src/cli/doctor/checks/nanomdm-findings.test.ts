import { expect, it } from 'vitest';
import { nanoMdmFindings } from './nanomdm-findings.ts';

const now = new Date('2026-11-22T12:00:00Z');
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const well = {
  webhookHeardAt: ago(1),
  apiAnsweredAt: ago(1),
  apiFault: null,
  waitingEvents: 0,
  oldestWaitingAt: null,
  commandsNotTaken: 0,
} as const;
const of = (change: Partial<Parameters<typeof nanoMdmFindings>[0]>) =>
  nanoMdmFindings({ ...well, ...change }, now).map(({ state, found }) => [state, found]);

it('a NanoMDM that is heard and answers is fine', () => {
  expect(of({})).toEqual([['ok', 'is heard, and takes commands']]);
});

it('a fault that was made good since is none', () => {
  expect(of({ apiFault: { at: ago(5), why: '500' } })).toEqual([['ok', 'is heard, and takes commands']]);
});

it('a webhook that is not heard is told', () => {
  expect(of({ webhookHeardAt: null })).toEqual([['warning', 'its webhook has never been heard']]);
  expect(of({ webhookHeardAt: ago(1500) })).toEqual([
    ['warning', 'its webhook has not been heard for over a day'],
  ]);
});

it('an API that refuses is a failure, with how much waits', () => {
  const [finding] = of({ apiFault: { at: ago(0), why: '401' }, commandsNotTaken: 3 });
  expect(finding).toEqual(['failed', 'its API does not take commands (401); 3 wait']);
});

it('events that lie for long are told', () => {
  const [finding] = of({ waitingEvents: 2, oldestWaitingAt: ago(11) });
  expect(finding?.[0]).toBe('warning');
  expect(of({ waitingEvents: 2, oldestWaitingAt: ago(1) })[0]?.[0]).toBe('ok');
});
