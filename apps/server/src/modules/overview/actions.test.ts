import { describe, expect, it } from 'vitest';
import { attemptStates } from '../escrow/attempt.ts';
import { actionsFor } from './actions.ts';
import { seenAttempt, seenKey, seenMac, somebody, theOwner } from './seen-mac.fixture.ts';

const all = ['store', 'reveal', 'rotate', 'check-status', 'rename', 'remove'];
const nothing = { keys: [], hasShowable: false } as const;
const removed = { removedAt: new Date() } as const;

describe('the actions of an owner', () => {
  it('are all of them on a live Mac with a key', () => {
    expect(actionsFor(seenMac(), theOwner())).toEqual(all);
  });

  it('without a key leave out what needs one', () => {
    expect(actionsFor(seenMac(nothing), theOwner())).toEqual(['store', 'check-status', 'rename', 'remove']);
  });

  it('on a removed Mac are to get the key, as long as there is one', () => {
    expect(actionsFor(seenMac(removed), theOwner())).toEqual(['reveal']);
    expect(actionsFor(seenMac({ ...removed, ...nothing }), theOwner())).toEqual([]);
  });

  it('on a Mac that is not enrolled leave out what needs the Mac', () => {
    for (const enrollmentState of ['offered', 'authenticated', 'ended', null] as const)
      expect(actionsFor(seenMac({ enrollmentState }), theOwner())).toEqual(['reveal', 'rename', 'remove']);
  });

  it('are none on a Mac in quarantine', () => {
    const mac = seenMac({ quarantinedAt: new Date(), enrollmentState: 'quarantined' });
    expect(actionsFor(mac, theOwner())).toEqual([]);
  });

  it('offer a store unless the Mac has the attempt in hand, and a rotation only without an attempt', () => {
    const offered = Object.fromEntries(
      attemptStates.map((state) => {
        const actions = actionsFor(seenMac({ attempt: seenAttempt(state) }), theOwner());
        return [state, actions.filter((action) => action === 'store' || action === 'rotate')];
      }),
    );
    expect(offered).toEqual({
      waiting: ['store'],
      rotating: [],
      explaining: [],
      uncertain: [],
      redelivered: [],
      stuck: ['store'],
      saved: ['store', 'rotate'],
      failed: ['store', 'rotate'],
    });
  });

  it('with nothing but a candidate show it and do not rotate with it', () => {
    const mac = seenMac({ keys: [seenKey('candidate', 1)] });
    expect(actionsFor(mac, theOwner())).toContain('reveal');
    expect(actionsFor(mac, theOwner())).not.toContain('rotate');
  });
});

describe('the actions of IT', () => {
  const corporate = { ownership: 'corporate', hasCorporateShowable: true } as const;

  it('never show the key of a personal Mac, whatever the class of its versions', () => {
    for (const role of ['administrator', 'help-desk', 'auditor', 'read-only'] as const)
      expect(actionsFor(seenMac({ hasCorporateShowable: true }), somebody(role))).not.toContain('reveal');
  });

  it('show a key of a company Mac to those who may, if one was made since it is a company Mac', () => {
    expect(actionsFor(seenMac(corporate), somebody('help-desk'))).toEqual([
      'reveal',
      'rotate',
      'check-status',
    ]);
    expect(actionsFor(seenMac(corporate), somebody('auditor'))).toEqual([]);
    const before = seenMac({ ...corporate, hasCorporateShowable: false });
    expect(actionsFor(before, somebody('administrator'))).toEqual(['rotate', 'check-status', 'remove']);
  });

  it('never show the key of a Mac in quarantine', () => {
    const mac = seenMac({ ...corporate, quarantinedAt: new Date(), enrollmentState: 'quarantined' });
    expect(actionsFor(mac, somebody('administrator'))).toEqual(['remove']);
  });

  it('are the owner’s too for IT’s own personal Mac', () => {
    expect(actionsFor(seenMac(), theOwner('administrator'))).toEqual(all);
  });
});
