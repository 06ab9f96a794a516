import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as oracle from 'plist';
import { describe, expect, it } from 'vitest';
import { parsePlist, writePlist } from '../plist.ts';
import { chance, mutate } from './mutations.fixture.ts';
import type { PlistDict } from './value.ts';

const sample: PlistDict = {
  text: ' <&> "quoted" \'é\' 😀\n\ttab ',
  empty: '',
  yes: true,
  no: false,
  small: -7n,
  large: 2n ** 63n - 1n,
  real: 1.5,
  date: new Date('2026-11-22T10:34:56Z'),
  data: Buffer.from([0, 1, 2, 255]),
  nested: { list: [1n, 'two', [], {}] },
};

function isTaken(bytes: Uint8Array): boolean {
  try {
    parsePlist(bytes);
    return true;
  } catch {
    return false;
  }
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

describe('other readers agree', () => {
  it.each(['python3', 'plistutil'])('%s is here to be asked', (command) => {
    expect(isInstalled(command)).toBe(true);
  });

  it("python's plistlib reads what was written, and writes what is read", () => {
    const script = `
import sys, plistlib, datetime
value = plistlib.loads(sys.stdin.buffer.read())
assert value == {
    'text': ' <&> "quoted" \\'\\u00e9\\' \\U0001f600\\n\\ttab ', 'empty': '', 'yes': True, 'no': False,
    'small': -7, 'large': 2**63 - 1, 'real': 1.5, 'date': datetime.datetime(2026, 11, 22, 10, 34, 56),
    'data': bytes([0, 1, 2, 255]), 'nested': {'list': [1, 'two', [], {}]}}
sys.stdout.buffer.write(plistlib.dumps(value))`;
    const written = execFileSync('python3', ['-c', script], { input: writePlist(sample) });
    expect(parsePlist(written)).toEqual(sample);
  });

  // What is taken must mean the same to a reader that people rely on: two meanings of one message are an attack.
  it('plistlib takes every mutation that is taken, and reads the same', () => {
    const random = chance(20_261_123);
    const taken = Array.from({ length: 20_000 }, () => mutate(random)).filter(isTaken);
    expect(taken.length).toBeGreaterThan(500);
    const script = `
import sys, base64, plistlib
for line in sys.stdin:
    value = plistlib.loads(base64.b64decode(line))
    print(base64.b64encode(plistlib.dumps(value, sort_keys=False)).decode())`;
    const input = taken.map((bytes) => `${bytes.toString('base64')}\n`).join('');
    const answers = execFileSync('python3', ['-c', script], {
      input,
      maxBuffer: 64 * 1024 * 1024,
    }).toString();
    const reread = answers
      .trimEnd()
      .split('\n')
      .map((line) => parsePlist(Buffer.from(line, 'base64')));
    expect(reread).toEqual(taken.map((bytes) => parsePlist(bytes)));
  });

  it('the plist package reads what was written, and writes what is read', () => {
    // It rounds integers above 2^53, so the large one stays out.
    const { large: _, ...rest } = sample;
    const read = oracle.parse(writePlist(rest).toString());
    expect(read).toEqual({
      ...rest,
      small: -7,
      data: new Uint8Array([0, 1, 2, 255]),
      nested: { list: [1, 'two', [], {}] },
    });
    expect(parsePlist(Buffer.from(oracle.build(read)))).toEqual(rest);
  });

  it('plistutil reads what was written, and writes what is read', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'keyhaven-plist-'));
    try {
      const xml = path.join(folder, 'a.plist');
      const binary = path.join(folder, 'b.plist');
      const again = path.join(folder, 'c.plist');
      writeFileSync(xml, writePlist(sample));
      execFileSync('plistutil', ['-f', 'bin', '-i', xml, '-o', binary]);
      execFileSync('plistutil', ['-f', 'xml', '-i', binary, '-o', again]);
      expect(parsePlist(readFileSync(again))).toEqual(sample);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
