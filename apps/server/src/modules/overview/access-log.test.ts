import { accessLogEntry } from '@keyhaven/api-contract/recovery-key';
import { describe, expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { entryOf, type LoggedNote, loggedActions } from './access-log.ts';

const owner = randomIds.next<'person'>();
const note = (change: Partial<LoggedNote>): LoggedNote => ({
  at: new Date('2026-11-22T12:00:00Z'),
  actorKind: 'person',
  actorId: owner,
  actorName: 'Emma',
  action: 'recovery-key.revealed',
  detail: { version: 3, reason: null, byOwner: true },
  ...change,
});

describe('a line of the access log', () => {
  it('says who saw which version, when and why', () => {
    const byIt = note({
      actorId: randomIds.next(),
      actorName: 'Hugo',
      detail: { version: 2, reason: 'Locked out' },
    });
    expect(entryOf(byIt, owner)).toEqual({
      at: '2026-11-22T12:00:00.000Z',
      by: 'Hugo',
      byOwner: false,
      what: 'viewed',
      version: 2,
      reason: 'Locked out',
    });
    expect(entryOf(note({}), owner)).toMatchObject({ by: 'Emma', byOwner: true, reason: null });
  });

  it('names the Mac and Keyhaven where nobody did it', () => {
    const byMac = note({ actorKind: 'mac', actorId: owner, actorName: 'Mac', action: 'recovery-key.saved' });
    expect(entryOf(byMac, owner)).toMatchObject({ by: 'the Mac', byOwner: false, what: 'rotated' });
    const byUs = note({
      actorKind: 'system',
      actorId: null,
      action: 'attempt.failed',
      detail: { reason: 'wrong-key' },
    });
    expect(entryOf(byUs, owner)).toMatchObject({
      by: 'Keyhaven',
      what: 'attempt-failed',
      reason: 'wrong-key',
    });
  });

  it('comes from every action that touches a key, and from no other', () => {
    const told = loggedActions.map((action) => entryOf(note({ action }), owner)?.what);
    expect(new Set(told)).toEqual(new Set(accessLogEntry.shape.what.options));
    expect(entryOf(note({ action: 'device.renamed' }), owner)).toBeNull();
  });
});
