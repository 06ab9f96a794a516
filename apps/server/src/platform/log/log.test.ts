import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { type Log, openLog } from './log.ts';
import { SafeError } from './safe-error.ts';

const key = 'ABCD-EFGH-JKLM-NPQR-STUV-WXY2';

class SecretLike {
  readonly #text = key;
  readonly visible = key;
  toJSON(): string {
    return this.#text;
  }
  [inspect.custom](): string {
    return this.#text;
  }
}

class OurFault extends SafeError {
  override readonly name = 'OurFault';
}

function lines(write: (log: Log) => void, pretty = false): string {
  let text = '';
  write(openLog({ pretty, destination: { write: (line: string) => (text += line) } }));
  return text;
}

test.each([
  ['a secret object', { deviceId: new SecretLike() }],
  ['a nested object', { deviceId: { inner: { recoveryKey: key } } }],
  ['a field that is not on the list', { recoveryKey: key, password: key }],
  ['a key in an allowed text', { reason: `it was ${key.toLowerCase()} I think` }],
  ['an error with a key in its message', { error: new Error(`bad ${key}`) }],
  ['an error with a key in its cause', { error: new Error('bad', { cause: new Error(key) }) }],
  ['an error with a key in a property', { error: Object.assign(new Error('x'), { detail: key, code: key }) }],
  [
    'an error with a bare key as its code',
    { error: Object.assign(new Error('x'), { code: key.replaceAll('-', '') }) },
  ],
  ['an error named by a key', { error: Object.assign(new Error('x'), { name: `Error ${key}` }) }],
  ['an error whose message looks like a stack', { error: new Error(`x\n    at ${key}.ts:1:1`) }],
  ['an aggregate', { error: new AggregateError([new Error(key)], key) }],
  ['a thrown text', { error: key }],
  ['an error of ours that holds a key after all', { error: new OurFault(`failed on ${key}`) }],
])('%s does not reach the log', (_what, fields: object) => {
  for (const pretty of [false, true]) {
    const text = lines((log) => log.error('something failed', fields), pretty);
    expect(text).toContain('something failed');
    expect(text.toUpperCase()).not.toContain(key);
    expect(text.toUpperCase()).not.toContain(key.replaceAll('-', ''));
  }
});

test('a line is one JSON object with time, level, event and the allowed fields', () => {
  const text = lines((log) => log.info('database started', { pid: 42, address: '/run/x' }));
  expect(text.endsWith('\n')).toBe(true);
  const { time, ...rest } = JSON.parse(text);
  expect(Date.parse(time)).toBeGreaterThan(0);
  expect(rest).toEqual({ level: 'info', event: 'database started', pid: 42, address: '/run/x' });
});

test('an error of ours is logged with its message, another one by name, code and place only', () => {
  const ours = JSON.parse(lines((log) => log.error('x', { error: new OurFault('the folder is in use') })));
  expect(ours.error).toMatchObject({ name: 'OurFault', message: 'the folder is in use' });
  const error = Object.assign(new TypeError('secret words'), { code: 'ECONNREFUSED' });
  const other = JSON.parse(lines((log) => log.error('x', { error })));
  expect(other.error).toMatchObject({ name: 'TypeError', code: 'ECONNREFUSED' });
  expect(other.error).not.toHaveProperty('message');
  expect(other.error.places[0]).toMatch(/platform\/log\/log\.test\.ts:\d+:\d+$/);
});

test('control characters cannot start a second line or steer the terminal', () => {
  const text = lines((log) => log.info('x', { reason: 'a\n{"level":"error"}\u001b[2J' }), true);
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(text).not.toContain('\u001b');
});
