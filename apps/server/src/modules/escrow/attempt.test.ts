import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptEvent,
  type AttemptState,
  attemptStates,
  openStates,
  publicState,
  type Step,
  type Survey,
  step,
} from './attempt.ts';

const good: Survey = {
  encrypted: true,
  hasKey: true,
  copy: 'unchanged',
  sameGeneration: true,
  managed: true,
  deliverable: true,
  live: true,
  mayRedeliver: true,
};
const surveyed = (change: Partial<Survey> = {}): AttemptEvent => ({
  kind: 'surveyed',
  survey: { ...good, ...change },
});

/** Every event, and every survey that decides something, by the name that the table below has for it. */
const events = {
  'survey: ready': surveyed(),
  'survey: ready, no copy': surveyed({ copy: 'none' }),
  'survey: ready, not live': surveyed({ live: false }),
  'survey: ready, redelivered often': surveyed({ mayRedeliver: false }),
  'survey: new copy': surveyed({ copy: 'new' }),
  'survey: off': surveyed({ encrypted: false }),
  'survey: off, new copy': surveyed({ encrypted: false, copy: 'new' }),
  'survey: encryption unsaid': surveyed({ encrypted: null }),
  'survey: no key': surveyed({ hasKey: false }),
  'survey: key unsaid': surveyed({ hasKey: null }),
  'survey: other generation': surveyed({ sameGeneration: false }),
  'survey: unmanaged': surveyed({ managed: false }),
  'survey: not deliverable': surveyed({ deliverable: false }),
  'survey refused': { kind: 'survey-refused' },
  'acknowledged, key opened': { kind: 'acknowledged', key: 'opened' },
  'acknowledged, no key': { kind: 'acknowledged', key: 'absent' },
  'acknowledged, unreadable': { kind: 'acknowledged', key: 'unreadable' },
  refused: { kind: 'refused' },
  'format refused': { kind: 'format-refused' },
  'put off': { kind: 'put-off' },
  idle: { kind: 'idle' },
  'timed out': { kind: 'timed-out' },
  're-enrolled': { kind: 're-enrolled' },
  unenrolled: { kind: 'unenrolled' },
  'newer store': { kind: 'newer-store' },
  cancelled: { kind: 'cancelled' },
} as const satisfies Record<string, AttemptEvent>;
type EventName = keyof typeof events;
const eventNames = Object.keys(events).filter((name): name is EventName => name in events);

// How the table says a step: `→ state`, and for what a reader must know more of it.
const dot = '·';
const no = 'refused';
const survey = (to: string): string => `${to} + survey`;
const failed = (reason: string, candidate: 'keep' | 'wipe' | 'reject'): string =>
  `failed ${reason} ${candidate}`;
const saved = 'saved by answer';
const adopted = 'saved by escrow copy';

function say(taken: Step): string {
  switch (taken.to) {
    case 'same':
      return dot;
    case 'failed':
      return failed(taken.reason, taken.candidate);
    case 'saved':
      return taken.from === 'answer' ? saved : adopted;
    case 'waiting':
    case 'explaining':
    case 'uncertain':
      return taken.survey ? survey(taken.to) : taken.to;
    case 'rotating':
    case 'redelivered':
    case 'ask-again':
    case 'stuck':
    case 'refused':
      return taken.to;
  }
}

type Row = Readonly<Record<AttemptState, string>>;
const row = (
  waiting: string,
  rotating: string,
  explaining: string,
  uncertain: string,
  redelivered: string,
  stuck: string,
  ended: string,
): Row => ({ waiting, rotating, explaining, uncertain, redelivered, stuck, saved: ended, failed: ended });

const offWipe = failed('not-encrypted', 'wipe');
const offKeep = failed('not-encrypted', 'keep');
const wrong = failed('wrong-key', 'reject');
const errorKeep = failed('device-error', 'keep');
const errorWipe = failed('device-error', 'wipe');
const awayKeep = failed('re-enrolled', 'keep');
const awayWipe = failed('re-enrolled', 'wipe');
const lost = survey('uncertain');
const again = 'ask-again';

/** The attempt machine, whole (escrow.md). */
// biome-ignore format: one line an event
const table: Readonly<Record<EventName, Row>> = {
  //                              waiting     rotating  explaining uncertain      redelivered stuck    ended
  'survey: ready':            row('rotating', dot,      wrong,     'redelivered', dot,        dot,     dot),
  'survey: ready, no copy':   row('rotating', dot,      wrong,     'redelivered', dot,        dot,     dot),
  'survey: ready, not live':  row(again,      dot,      wrong,     again,         dot,        dot,     dot),
  'survey: ready, redelivered often': row('rotating', dot, wrong,  'stuck',       dot,        dot,     dot),
  'survey: new copy':         row('rotating', dot,      adopted,   adopted,       adopted,    adopted, dot),
  'survey: off':              row(offWipe,    dot,      offKeep,   dot,           dot,        dot,     dot),
  'survey: off, new copy':    row(offWipe,    dot,      adopted,   adopted,       adopted,    adopted, dot),
  'survey: encryption unsaid': row(errorWipe, dot,      errorKeep, dot,           dot,        dot,     dot),
  'survey: no key':           row(offWipe,    dot,      errorKeep, dot,           dot,        dot,     dot),
  'survey: key unsaid':       row(errorWipe,  dot,      errorKeep, dot,           dot,        dot,     dot),
  'survey: other generation': row(awayWipe,   dot,      wrong,     awayKeep,      dot,        dot,     dot),
  'survey: unmanaged':        row(failed('policy-missing', 'wipe'), dot, wrong, dot, dot,     dot,     dot),
  'survey: not deliverable':  row(awayWipe,   dot,      wrong,     dot,           dot,        dot,     dot),
  'survey refused':           row(errorWipe,  dot,      errorKeep, dot,           dot,        dot,     dot),
  'acknowledged, key opened': row(saved,      saved,    saved,     saved,         saved,      saved,   dot),
  'acknowledged, no key':     row(lost,       lost,     lost,      lost,          lost,       dot,     dot),
  'acknowledged, unreadable': row(lost,       lost,     lost,      lost,          lost,       dot,     dot),
  refused:                    row(dot, survey('explaining'), dot,  dot,           'stuck',    dot,     dot),
  'format refused':           row(dot,        errorKeep, dot,      dot,           'stuck',    dot,     dot),
  'put off':                  row(dot, survey('waiting'), dot,     dot,           lost,       dot,     dot),
  idle:                       row(dot,        lost,     dot,       dot,           lost,       dot,     dot),
  'timed out':                row(failed('device-unreachable', 'wipe'), lost, errorKeep, again, lost, again, dot),
  're-enrolled':              row(awayWipe,   lost,     awayKeep,  awayKeep,      awayKeep,   awayKeep, dot),
  unenrolled:                 row(failed('device-unreachable', 'wipe'), 'uncertain', errorKeep, dot, dot, dot, dot),
  'newer store':              row(failed('superseded', 'wipe'), no, no, no,       no, failed('superseded', 'keep'), no),
  cancelled:                  row(failed('cancelled', 'wipe'), no, no, no,        no,         no,      no),
};

describe('the attempt machine', () => {
  for (const state of attemptStates) {
    it(`answers every event while ${state}`, () => {
      const taken = Object.fromEntries(eventNames.map((name) => [name, say(step(state, events[name]))]));
      const expected = Object.fromEntries(eventNames.map((name) => [name, table[name][state]]));
      expect(taken).toEqual(expected);
    });
  }

  it('has a public name for every state', () => {
    const names = attemptStates.map((state) => publicState[state]);
    expect(new Set(names)).toEqual(
      new Set(['waiting-for-device', 'rotating', 'uncertain', 'saved', 'failed']),
    );
  });
});

const anySurvey: fc.Arbitrary<Survey> = fc.record({
  encrypted: fc.constantFrom(true, false, null),
  hasKey: fc.constantFrom(true, false, null),
  copy: fc.constantFrom('new', 'unchanged', 'none'),
  sameGeneration: fc.boolean(),
  managed: fc.boolean(),
  deliverable: fc.boolean(),
  live: fc.boolean(),
  mayRedeliver: fc.boolean(),
});
const anyEvent: fc.Arbitrary<AttemptEvent> = fc.oneof(
  anySurvey.map((told) => ({ kind: 'surveyed' as const, survey: told })),
  fc.constantFrom(...Object.values(events)),
);
const anyState = fc.constantFrom(...attemptStates);

/** Where a step leads. */
function next(state: AttemptState, taken: Step): AttemptState {
  return taken.to === 'same' || taken.to === 'refused' || taken.to === 'ask-again' ? state : taken.to;
}

/** The states from the beginning on, with the step taken from each. */
function run(sequence: readonly AttemptEvent[]) {
  let state: AttemptState = 'waiting';
  return sequence.map((event) => {
    const from = state;
    const taken = step(from, event);
    state = next(from, taken);
    return { from, event, taken, to: state };
  });
}
const anyRun = fc.array(anyEvent, { maxLength: 30 }).map(run);

describe('under any sequence of events', () => {
  it('a key goes out only in answer to a fresh survey of the same, managed generation', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        const taken = step(state, event);
        if (taken.to !== 'rotating' && taken.to !== 'redelivered') return;
        expect(event).toMatchObject({
          kind: 'surveyed',
          survey: { live: true, sameGeneration: true, managed: true, deliverable: true },
        });
      }),
      { numRuns: 5000 },
    );
  });

  it('a key is wiped only while no Mac can have used it', () => {
    fc.assert(
      fc.property(anyRun, (steps) => {
        let mayHaveRotated = false;
        for (const { taken, event } of steps) {
          if (taken.to === 'failed' && taken.candidate === 'wipe') expect(mayHaveRotated).toBe(false);
          if (taken.to === 'rotating' || taken.to === 'redelivered') mayHaveRotated = true;
          // NotNow to the first delivery: the Mac says itself that it did nothing.
          if (taken.to === 'waiting' && event.kind === 'put-off') mayHaveRotated = false;
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('a key goes out only to a Mac that says that it is encrypted and has a recovery key', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        const { to } = step(state, event);
        if (to !== 'rotating' && to !== 'redelivered') return;
        const told = {
          encrypted: true,
          hasKey: true,
          managed: true,
          deliverable: true,
          sameGeneration: true,
        };
        expect(event).toMatchObject({ kind: 'surveyed', survey: { ...told, live: true } });
      }),
      { numRuns: 5000 },
    );
  });

  it('a key is rejected only when the Mac refused it and its disk still is locked with another', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        const taken = step(state, event);
        if (taken.to !== 'failed' || taken.candidate !== 'reject') return;
        expect(state).toBe('explaining');
        expect(event).toMatchObject({ kind: 'surveyed', survey: { encrypted: true, hasKey: true } });
        expect(event.kind === 'surveyed' && event.survey.copy).not.toBe('new');
      }),
      { numRuns: 5000 },
    );
  });

  it('a key is saved only when the Mac handed it back or its escrow copy is new', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        const taken = step(state, event);
        if (taken.to !== 'saved') return;
        if (taken.from === 'answer') expect(event).toEqual({ kind: 'acknowledged', key: 'opened' });
        else expect(event).toMatchObject({ kind: 'surveyed', survey: { copy: 'new' } });
      }),
      { numRuns: 5000 },
    );
  });

  it('an ended attempt stays ended, and one the Mac may be working on neither gives way nor is taken back', () => {
    fc.assert(
      fc.property(anyRun, (steps) => {
        for (const { from, to, taken, event } of steps) {
          if (from === 'saved' || from === 'failed') expect(to).toBe(from);
          if (taken.to !== 'failed') continue;
          if (taken.reason === 'cancelled') expect(from).toBe('waiting');
          if (taken.reason === 'superseded') expect(['waiting', 'stuck']).toContain(from);
          expect(event.kind).not.toBe('acknowledged');
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('an attempt that is open always has an event that ends it', () => {
    const ends = (state: AttemptState, depth: number): boolean =>
      !openStates.some((open) => open === state) ||
      (depth > 0 &&
        Object.values(events).some((event) => {
          const to = next(state, step(state, event));
          return to !== state && ends(to, depth - 1);
        }));
    for (const state of openStates) expect(ends(state, 3)).toBe(true);
  });
});
