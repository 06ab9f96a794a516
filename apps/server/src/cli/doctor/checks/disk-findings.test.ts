import { describe, expect, it } from 'vitest';
import { type DiskFacts, diskFindings } from './disk-findings.ts';

const megabyte = 1024 * 1024;
const sound: DiskFacts = {
  folder: '/data',
  mode: 0o700,
  writable: true,
  freeBytes: 50_000 * megabyte,
  freeFiles: 1_000_000,
  allFiles: 2_000_000,
  fileSystem: 0xef53,
  holdsDatabase: true,
};
const judge = (more: Partial<DiskFacts> = {}) => diskFindings({ ...sound, ...more });

describe('the data folder', () => {
  it('is fine where it is private, writable and roomy', () => {
    expect(judge()).toEqual([{ state: 'ok', found: '/data is private and has 48.8 GB free' }]);
    expect(judge({ mode: null, fileSystem: null, allFiles: 0, freeFiles: 0 })).toMatchObject([
      { state: 'ok' },
    ]);
  });

  it.each<[string, Partial<DiskFacts>, string]>([
    ['2 GB free', { freeBytes: 2048 * megabyte }, 'ok'],
    ['under 2 GB free', { freeBytes: 2047 * megabyte }, 'warning'],
    ['200 MB free', { freeBytes: 200 * megabyte }, 'warning'],
    ['under 200 MB free', { freeBytes: 200 * megabyte - 1 }, 'failed'],
    ['few files left', { freeFiles: 999 }, 'failed'],
    ['a mode for the group', { mode: 0o750 }, 'warning'],
    ['a mode for all', { mode: 0o701 }, 'warning'],
    ['no writes', { writable: false }, 'failed'],
    ['NFS below the embedded database', { fileSystem: 0x6969 }, 'failed'],
    ['SMB below the embedded database', { fileSystem: 0xff534d42 }, 'failed'],
    ['NFS below the keys only', { fileSystem: 0x6969, holdsDatabase: false }, 'warning'],
  ])('with %s: %s %s', (_what, more, state) => {
    expect(judge(more)).toMatchObject([{ state }]);
  });
});
