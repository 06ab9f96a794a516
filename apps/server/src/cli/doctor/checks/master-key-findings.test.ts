import { describe, expect, it } from 'vitest';
import { type MasterKeyFacts, masterKeyFindings, type Opening } from './master-key-findings.ts';

const facts: MasterKeyFacts = {
  path: '/data/master-keys.json',
  file: { mode: 0o400, owner: 1000 },
  account: 1000,
  opening: { kind: 'opened' },
};
const judge = (more: Partial<MasterKeyFacts> = {}) => masterKeyFindings({ ...facts, ...more });

describe('master keys', () => {
  it('that open the database are fine, with a word about their copy', () => {
    for (const mode of [0o400, 0o600])
      expect(judge({ file: { mode, owner: 1000 } })).toMatchObject([
        { state: 'ok', found: expect.stringMatching(/opens what .* keep a copy/) },
      ]);
  });

  it.each<[Opening['kind'], string]>([
    ['nothing-sealed', 'ok'],
    ['not-tried', 'warning'],
    ['refused', 'failed'],
    ['opened', 'failed'],
  ])('that are not there, with records %s: %s', (kind, state) => {
    const opening: Opening = kind === 'refused' ? { kind, reason: 'missing' } : anOpening(kind);
    expect(judge({ file: null, opening })).toMatchObject([{ state }]);
  });

  it.each([0o440, 0o604, 0o644, 0o660])('that others may use (%o) fail', (mode) => {
    expect(judge({ file: { mode, owner: 1000 } })).toMatchObject([
      { state: 'failed', next: expect.stringContaining('chmod 400') },
    ]);
  });

  it('of another account fail, unless it is the machine’s administrator who looks', () => {
    expect(judge({ account: 1001 })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('1001') },
    ]);
    expect(judge({ account: 0 })).toMatchObject([{ state: 'ok' }]);
  });

  it('have no mode and owner where the system has none', () => {
    expect(judge({ account: null, file: { mode: 0o666, owner: 0 } })).toMatchObject([{ state: 'ok' }]);
  });

  it('of another database fail', () => {
    expect(judge({ opening: { kind: 'refused', reason: 'does-not-open' } })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('does-not-open') },
    ]);
  });

  it('of an old copy fail, and say for which records', () => {
    const opening: Opening = { kind: 'generations-missing', classes: ['personal', 'corporate'] };
    expect(judge({ opening })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('personal and corporate') },
    ]);
  });
});

const anOpening = (kind: Exclude<Opening['kind'], 'refused'>): Opening =>
  kind === 'generations-missing' ? { kind, classes: [] } : { kind };
