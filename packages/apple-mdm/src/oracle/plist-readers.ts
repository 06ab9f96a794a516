import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPlistArray, isPlistDict, type PlistValue } from '../plist/value.ts';

/** A property list's value with its type beside it, as JSON can tell it: `{ integer: '5' }`, `{ data: base64 }`. */
export type Told = unknown;

// bool before int, which Python takes for its kin.
const PLISTLIB = `
import sys, plistlib, json, base64, datetime
def told(v):
    if isinstance(v, dict): return {'dict': {k: told(i) for k, i in v.items()}}
    if isinstance(v, list): return {'array': [told(i) for i in v]}
    if isinstance(v, bool): return {'boolean': v}
    if isinstance(v, int): return {'integer': str(v)}
    if isinstance(v, float): return {'real': v}
    if isinstance(v, bytes): return {'data': base64.b64encode(v).decode()}
    if isinstance(v, datetime.datetime): return {'date': v.isoformat() + '.000Z'}
    return {'string': v}
print(json.dumps(told(plistlib.loads(sys.stdin.buffer.read()))))`;

/** What Python's plistlib reads. Throws where it refuses. */
export function readByPlistlib(plist: Uint8Array): Told {
  return JSON.parse(execFileSync('python3', ['-c', PLISTLIB], { input: plist, stdio: 'pipe' }).toString());
}

/** What libplist reads: its `plistutil` turns the text into a binary property list. Throws where it refuses. */
export function readByPlistutil(plist: Uint8Array): Told {
  const folder = mkdtempSync(join(tmpdir(), 'plistutil-'));
  try {
    const [text, binary] = [join(folder, 'text.plist'), join(folder, 'binary.plist')];
    writeFileSync(text, plist);
    execFileSync('plistutil', ['-f', 'bin', '-i', text, '-o', binary], { stdio: 'pipe' });
    return readByPlistlib(readFileSync(binary));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A value as the readers above tell it. An integral number counts as an integer, as it is written. */
export function toldOf(value: PlistValue): Told {
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'boolean') return { boolean: value };
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { integer: String(value) } : { real: value };
  if (value instanceof Date) return { date: value.toISOString() };
  if (value instanceof Uint8Array) return { data: Buffer.from(value).toString('base64') };
  if (isPlistArray(value)) return { array: value.map(toldOf) };
  if (!isPlistDict(value)) throw new TypeError('no value of a property list');
  return { dict: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toldOf(item)])) };
}
