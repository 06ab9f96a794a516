import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

const TEXT = 'CANARY-OF-SECRET-TEST';
const secret = Secret.fromText(TEXT);

describe('what shows a secret shows [secret]', () => {
  const shown: Readonly<Record<string, () => string>> = {
    'JSON.stringify': () => JSON.stringify(secret),
    'JSON.stringify of what holds it': () => JSON.stringify({ deep: [{ secret }] }),
    'util.inspect': () => inspect(secret),
    'util.inspect of what holds it, with everything on': () =>
      inspect({ deep: [secret] }, { showHidden: true, showProxy: true, getters: true, depth: null }),
    'format %s': () => format('%s', secret),
    'format %o': () => format('%o', secret),
    'format %O': () => format('%O', secret),
    'format %j': () => format('%j', secret),
    'format without a placeholder': () => format('key', secret),
    'String()': () => String(secret),
    toLocaleString: () => secret.toLocaleString(),
    // oxlint-disable-next-line typescript/restrict-template-expressions -- the mistake that must be harmless
    'a template literal': () => `${secret}`,
    concatenation: () => '' + secret,
    'Array.join': () => [secret, secret].join(),
    'an error with the secret as cause': () => inspect(new Error('failed', { cause: secret })),
    'an error with the secret as property': () => inspect(Object.assign(new Error('failed'), { secret })),
    'an error whose message was made of it': () => new Error(String(secret)).message,
    'a map': () => inspect(new Map([['key', secret]])),
    'a symbol description': () => Symbol(String(secret)).toString(),
  };
  for (const [way, show] of Object.entries(shown)) {
    it(way, () => {
      expect(show()).toContain('[secret]');
      expectNoTrace(show());
    });
  }
});

describe('what copies a secret loses it', () => {
  it('structuredClone', () => {
    expect(structuredClone(secret)).toEqual({});
  });

  it('the serialization of worker messages', () => {
    const bytes = serialize({ secret });
    expectNoTrace(bytes.toString('latin1'));
    expect(deserialize(bytes)).toEqual({ secret: {} });
  });

  it('spread and Object.assign', () => {
    // oxlint-disable-next-line typescript/no-misused-spread -- the mistake that must be harmless
    expect({ ...secret }).toEqual({});
    expect(Object.assign({}, secret)).toEqual({});
  });

  it('its keys, entries, names and symbols', () => {
    expect(Object.keys(secret)).toEqual([]);
    expect(Object.entries(secret)).toEqual([]);
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });

  it('inspect without the custom hook', () => {
    expectNoTrace(inspect(secret, { customInspect: false, showHidden: true, getters: true, depth: null }));
  });

  it('a serializer that walks over everything reachable, prototypes too, as loggers do with errors', () => {
    const error = Object.assign(new Error('failed', { cause: secret }), { secret, list: [secret] });
    expectNoTrace(JSON.stringify(walk(error)));
  });

  it('numeric conversion', () => {
    expect(Number(secret)).toBeNaN();
    expect(format('%d %i %f', secret, secret, secret)).toBe('NaN NaN NaN');
  });
});

describe('a secret', () => {
  it('gives back the bytes it was made of', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const made = Secret.of(bytes);
        expect([...made.expose()]).toEqual([...bytes]);
        expect(made.length).toBe(bytes.length);
      }),
    );
  });

  it('gives back the UTF-8 of its text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Secret.fromText(text).expose().toString()).toBe(text);
      }),
    );
  });

  it('shares no memory with its source, with its copies or with the buffers around it', () => {
    const source = Buffer.from(TEXT);
    const made = Secret.of(source);
    source.fill(0);
    made.expose().fill(0);
    expect(made.expose().toString()).toBe(TEXT);
    for (const copy of [made.expose(), Secret.fromText(TEXT).expose()]) {
      expect(copy.buffer.byteLength).toBe(copy.length);
    }
  });

  it('equals exactly the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(Secret.of(a).equals(Secret.of(b))).toBe(Buffer.compare(a, b) === 0);
        expect(Secret.of(a).equals(Secret.of(a))).toBe(true);
      }),
    );
  });

  it('is refused once wiped, and is never taken for zeros', () => {
    const made = Secret.fromText(TEXT);
    made.wipe();
    expect(() => made.expose()).toThrow('wiped');
    expect(() => made.equals(secret)).toThrow('wiped');
    expect(() => secret.equals(made)).toThrow('wiped');
    expect(String(made)).toBe('[secret]');
  });

  it('takes no property that could show it', () => {
    expect(() => Object.assign(secret, { toJSON: () => TEXT })).toThrow(TypeError);
  });
});

function expectNoTrace(text: string): void {
  const bytes = Buffer.from(TEXT);
  const traces = [TEXT, bytes.toString('hex'), bytes.toString('base64'), [...bytes].join(',')];
  for (const trace of [...traces, inspect(bytes).slice(8, 40)]) expect(text).not.toContain(trace);
}

function walk(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 4) return value;
  const names = [...Reflect.ownKeys(value), ...Reflect.ownKeys(Reflect.getPrototypeOf(value) ?? {})];
  return Object.fromEntries(names.map((name) => [String(name), walk(Reflect.get(value, name), depth + 1)]));
}
