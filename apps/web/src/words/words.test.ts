import { attemptState, failureReason } from '@keyhaven/api-contract/attempt';
import { contactKind } from '@keyhaven/api-contract/check-in';
import { accessReason, accessState, deviceConcern } from '@keyhaven/api-contract/device';
import { enrollmentProgress } from '@keyhaven/api-contract/enrollment';
import { notice } from '@keyhaven/api-contract/notice';
import { accessLogEntry, keyVersionState } from '@keyhaven/api-contract/recovery-key';
import { describe, expect, test } from 'vitest';
import { stepMarks } from './attempt-steps.ts';
import { enConsole } from './en/console.ts';
import { enEnroll } from './en/enroll.ts';
import { enHelp } from './en/help.ts';
import { en } from './en/portal.ts';
import { enSettings } from './en/settings.ts';
import {
  enrollEndOf,
  enrollEnds,
  enrollMarks,
  enrollSteps,
  leftToDo,
  lookAgainAfter,
} from './enroll-steps.ts';
import { isFailureToTell, nextStepAfter } from './failure-words.ts';
import { keyLineOf, keyLines } from './key-words.ts';

const sorted = (values: readonly string[]): readonly string[] => values.toSorted();

describe('every state that the API can tell has words', () => {
  test('each failure reason has its cause in plain words and one next step', () => {
    for (const reason of failureReason.options) {
      expect(en.failure[reason].length).toBeGreaterThan(20);
      expect(nextStepAfter(reason)).toBeTypeOf('string');
      expect(enConsole.reason[reason].length).toBeGreaterThan(5);
    }
    expect(new Set(failureReason.options.map((reason) => en.failure[reason])).size).toBe(
      failureReason.options.length,
    );
  });

  test('each access state and reason has words', () => {
    for (const state of accessState.options) expect(en.access[state]).not.toBe('');
    expect(sorted(Object.keys(en.access.reason))).toEqual(sorted(accessReason.options));
  });

  test('each line of the key has a title and a why', () => {
    expect(sorted(Object.keys(en.key))).toEqual(sorted(keyLines));
    expect(sorted(Object.keys(enConsole.line))).toEqual(sorted(keyLines));
    for (const line of keyLines) expect(en.key[line].title && en.key[line].why).not.toBe('');
  });

  test('each concern tells the owner what it means and what to do, and IT in a word and two lines', () => {
    for (const concern of deviceConcern.options) {
      expect(en.concern[concern].means).toMatch(/\.$/);
      expect(en.concern[concern].todo).toMatch(/\.$/);
      expect(enConsole.concern[concern].tag.length).toBeLessThan(24);
      expect(enConsole.concern[concern].means).not.toBe(en.concern[concern].means);
      expect(enConsole.concern[concern].todo).not.toBe(en.concern[concern].todo);
    }
    expect(sorted(Object.keys(enConsole.concern))).toEqual(sorted(deviceConcern.options));
  });

  test('each kind of notice, log entry and key version has words', () => {
    for (const kind of notice.shape.kind.options) expect(en.notice[kind]).toMatch(/\{\{(device|reason)\}\}/);
    for (const what of accessLogEntry.shape.what.options) expect(en.log[what]).not.toBe('');
    expect(sorted(Object.keys(enConsole.keyState))).toEqual(sorted(keyVersionState.options));
    expect(sorted(Object.keys(enConsole.checkIns.kind))).toEqual(sorted(contactKind.options));
    expect(sorted(Object.keys(enConsole.attemptState))).toEqual(sorted(attemptState.options));
  });
});

test('the four messages stand word for word', () => {
  expect(en.message).toEqual({
    keysMustMatch: 'Keys must match. Check keys and try again.',
    failedToast: "Couldn't update recovery key for device.",
    failed:
      'We were unable to upload your recovery key. Check that you entered the correct key and try again. If the problem persists, try to manually rotate your key. Tap to learn more.',
    saved:
      'Your recovery key has been updated. If you ever get locked out of your device and need to retrieve your key, sign in to {{portalName}} and select <b>Get recovery key</b>.',
  });
});

test('a cancelled attempt is not told as a failure, every other reason is', () => {
  expect(failureReason.options.filter((reason) => !isFailureToTell(reason))).toEqual(['cancelled']);
});

test('an attempt never shows a step as done before the Mac has done it', () => {
  expect(stepMarks('waiting-for-device')).toEqual(['now', 'waiting', 'waiting']);
  expect(stepMarks('rotating')).toEqual(['done', 'now', 'waiting']);
  expect(stepMarks('uncertain')).toEqual(['done', 'unsure', 'waiting']);
  expect(stepMarks('saved')).toEqual(['done', 'done', 'done']);
});

describe('the sentence a Mac opens with', () => {
  const base = {
    recoveryKey: { state: 'none', version: null, storedAt: null, provenAt: null, source: null },
    encryption: { enabled: true, hasPersonalRecoveryKey: true, reportedAt: null },
    enrollment: { state: 'active' },
    fileVaultProfile: 'acknowledged',
  } as const;

  test('an encrypted, managed Mac without a key asks for it', () => {
    expect(keyLineOf(base)).toBe('none');
  });

  test('a Mac that is not encrypted, or not managed yet, says that first', () => {
    expect(keyLineOf({ ...base, encryption: { ...base.encryption, enabled: false } })).toBe('not-encrypted');
    expect(keyLineOf({ ...base, fileVaultProfile: 'sent' })).toBe('no-management');
    expect(keyLineOf({ ...base, fileVaultProfile: 'refused' })).toBe('management-refused');
  });

  test('only a proved key is called stored', () => {
    const calledStored = (['current', 'unproven', 'candidate', 'uncertain'] as const).filter(
      (state) => keyLineOf({ ...base, recoveryKey: { ...base.recoveryKey, state } }) === 'stored',
    );
    expect(calledStored).toEqual(['current']);
  });

  test('a removed Mac says whether its last key is kept', () => {
    const ended = { ...base, enrollment: { state: 'ended' } } as const;
    expect(keyLineOf(ended)).toBe('ended');
    expect(keyLineOf({ ...ended, recoveryKey: { ...base.recoveryKey, state: 'current' } })).toBe(
      'ended-stored',
    );
  });
});

test('no sentence shouts, blames, or tells anybody to wait', () => {
  const texts = JSON.stringify([en, enHelp, enConsole, enEnroll, enSettings]);
  expect(texts).not.toMatch(/!|please wait|invalid|illegal|you failed/i);
});

describe('an enrollment on its way', () => {
  const states = enrollmentProgress.shape.state.options;
  const refusals = [null, ...enrollmentProgress.shape.refusal.unwrap().options];
  const goingWell = ['offered', 'downloaded', 'identified', 'arrived', 'live'] as const;

  test('is either going well or has an end with words and a next step', () => {
    for (const state of states)
      for (const refusal of refusals) {
        const end = enrollEndOf({ state, refusal });
        expect(end === null).toBe(goingWell.some((each) => each === state));
        if (end !== null) expect(enEnroll.end[end].title && enEnroll.end[end].why).not.toBe('');
      }
    expect(sorted(Object.keys(enEnroll.end))).toEqual(sorted(['restart', 'more', ...enrollEnds]));
  });

  test('shows no step as done before the Mac has done it, and one at a time as now', () => {
    goingWell.forEach((state, done) => {
      const marks = enrollMarks(state);
      expect(marks.filter((mark) => mark === 'done')).toHaveLength(done);
      expect(marks.indexOf('now')).toBe(done === enrollSteps.length ? -1 : done);
    });
    for (const step of enrollSteps) expect(enEnroll.arrive.step[step].next).not.toBe('');
  });

  test('is looked at again while something can change, and no longer', () => {
    const looked = states.filter((state) => lookAgainAfter(state) !== false);
    expect(looked).toEqual(['offered', 'downloaded', 'identified', 'arrived', 'quarantined']);
    expect(lookAgainAfter(undefined)).toBe(false);
  });

  test('ends with what is left to do', () => {
    const mac = {
      recoveryKey: { state: 'none', version: null, storedAt: null, provenAt: null, source: null },
      encryption: { enabled: true, hasPersonalRecoveryKey: true, reportedAt: null },
      enrollment: { state: 'active' },
      fileVaultProfile: 'acknowledged',
    } as const;
    expect(leftToDo(mac)).toBe('store');
    expect(leftToDo({ ...mac, fileVaultProfile: 'sent' })).toBe('settling');
    expect(leftToDo({ ...mac, encryption: { ...mac.encryption, enabled: false } })).toBe('encrypt');
    expect(leftToDo({ ...mac, recoveryKey: { ...mac.recoveryKey, state: 'current' } })).toBe('nothing');
  });
});
