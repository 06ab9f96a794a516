import { describe, expect, it } from 'vitest';
import { type MailFacts, mailFindings } from './mail-findings.ts';

type Outcome = MailFacts['outcome'];
const judge = (outcome: Outcome, hasAccount = true) =>
  mailFindings({ at: 'mail.example.test:587', hasAccount, outcome });
const ready = { kind: 'ready', encrypted: true, offersAuth: true, signedIn: true } as const;

describe('mail', () => {
  it('that is not set is fine, and says what that means', () => {
    expect(mailFindings(null)).toEqual([
      { state: 'ok', found: 'no e-mail: people see notices in the portal only' },
    ]);
  });

  it.each<[string, Outcome, boolean, string]>([
    ['signed in', ready, true, 'ok'],
    [
      'without an account where none is wanted',
      { ...ready, offersAuth: false, signedIn: false },
      false,
      'ok',
    ],
    ['without an account where one may be wanted', { ...ready, signedIn: false }, false, 'warning'],
    ['without encryption', { ...ready, encrypted: false, signedIn: false }, true, 'failed'],
    ['without encryption and account', { ...ready, encrypted: false, signedIn: false }, false, 'failed'],
    ['with no way to sign in known to both', { ...ready, signedIn: false }, true, 'failed'],
    ['with no way to sign in at all', { ...ready, offersAuth: false, signedIn: false }, true, 'failed'],
    ['not reached', { kind: 'no-connection', code: 'ECONNREFUSED' }, true, 'failed'],
    ['refused at the greeting', { kind: 'refused', step: 'greeting', status: 554 }, true, 'failed'],
    ['refused at STARTTLS', { kind: 'refused', step: 'STARTTLS', status: 454 }, true, 'failed'],
    ['hung up', { kind: 'refused', step: 'EHLO', status: 0 }, true, 'failed'],
    ['refused at AUTH', { kind: 'refused', step: 'AUTH', status: 535 }, true, 'failed'],
  ])('%s', (_what, outcome, hasAccount, state) => {
    expect(judge(outcome, hasAccount)).toMatchObject([{ state }]);
  });

  it('says whether name and password were taken', () => {
    expect(judge(ready)).toMatchObject([{ found: expect.stringContaining('takes our name and password') }]);
    expect(judge({ kind: 'refused', step: 'AUTH', status: 535 })).toMatchObject([
      { found: expect.stringContaining('does not take our name and password (535)') },
    ]);
  });
});
