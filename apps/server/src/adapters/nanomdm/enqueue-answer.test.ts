import { describe, expect, test } from 'vitest';
import { readEnqueueAnswer, readPushAnswer } from './enqueue-answer.ts';

const id = 'UDID-1';
const uuid = '0A0B';
const named = { command_uuid: uuid, request_type: 'SecurityInfo' };
const taken = (pushed: boolean) => ({ kind: 'taken', pushed });

describe('an answer to enqueue', () => {
  test.each([
    ['queued without a push', 200, { no_push: true, ...named }, taken(false)],
    ['queued and pushed', 200, { status: { [id]: { push_result: 'A1' } }, ...named }, taken(true)],
    ['queued, and the push refused', 200, { status: { [id]: { push_error: 'no' } }, ...named }, taken(false)],
    ['queued, and no push certificate', 500, { push_error: 'no certificate', ...named }, taken(false)],
    [
      'queued, and this push failed among others',
      207,
      { status: { [id]: { push_error: 'no' } }, ...named },
      taken(false),
    ],
    [
      'not queued for this id',
      207,
      { status: { [id]: { command_error: 'no such id' } }, ...named },
      { kind: 'unsure' },
    ],
    ['there before', 500, { command_error: 'command already exists: 0A0B' }, { kind: 'had-before' }],
    [
      'there before for this id',
      207,
      { status: { [id]: { command_error: 'command already exists: 0A0B' } }, ...named },
      { kind: 'had-before' },
    ],
    [
      'unreadable for NanoMDM',
      500,
      { command_error: 'decoding command: parse error at line 1' },
      { kind: 'malformed' },
    ],
    [
      'an unknown id on PostgreSQL',
      500,
      { command_error: 'violates foreign key constraint' },
      { kind: 'unsure' },
    ],
    ['another command than ours', 200, { no_push: true, ...named, command_uuid: 'FFFF' }, { kind: 'unsure' }],
    ['a failure that does not say whether it queued', 500, named, { kind: 'unsure' }],
    ['a proxy in between', 502, named, { kind: 'unsure' }],
    ['the wrong key', 401, 'Unauthorized', { kind: 'unauthorized' }],
  ])('%s', (_what, status, body, outcome) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(readEnqueueAnswer(status, text, id, uuid.toLowerCase())).toEqual(outcome);
  });

  test.each([[''], ['null'], ['[]'], ['{"command_uuid":7}'], ['<html>']])('%j settles nothing', (text) => {
    expect(readEnqueueAnswer(200, text, id, uuid)).toEqual({ kind: 'unsure' });
  });
});

describe('an answer to push', () => {
  test.each([
    [200, { status: { [id]: { push_result: 'A1' } } }, true],
    [207, { status: { [id]: { push_result: 'A1' }, other: { push_error: 'no' } } }, true],
    [200, { status: { [id]: { push_error: 'no' } } }, false],
    [200, { status: {} }, false],
    [500, { status: { [id]: { push_result: 'A1' } } }, false],
  ])('%i %j', (status, body, pushed) => {
    expect(readPushAnswer(status, JSON.stringify(body), id)).toBe(pushed);
  });
});
