import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as oracle from 'plist';
import { describe, expect, it } from 'vitest';
import { parsePlist, writePlist } from '../plist.ts';
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

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

describe('other readers agree', () => {
  it('python3 is here to be asked', () => {
    expect(isInstalled('python3')).toBe(true);
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

  it.runIf(isInstalled('plistutil'))('plistutil reads what was written, and writes what is read', () => {
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
