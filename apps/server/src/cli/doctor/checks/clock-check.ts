import { ask } from '../ask.ts';
import type { Check, CheckContext } from '../check.ts';
import { findServerTime } from '../database-facts.store.ts';
import { fine } from '../finding.ts';
import { type ClockReading, clockFindings, readingOf } from './clock-findings.ts';
import { discoveryUrl } from './identity-findings.ts';

/** Whether this machine's clock is that of the database and of the identity provider. */
export const clockCheck: Check = {
  name: 'clock',
  settings: [],
  look: async (context) => {
    const { databaseUrl, identity } = context.config;
    if (databaseUrl === null && identity.mode === 'evaluation') return [fine('no other clock is in use')];
    const readings = await Promise.all([databaseClock(context), providerClock(context)]);
    return clockFindings(readings.filter((each) => each !== null));
  },
};

async function databaseClock({ config, database, clock }: CheckContext): Promise<ClockReading | null> {
  // The embedded one goes by this machine's own.
  if (config.databaseUrl === null) return null;
  const access = await database();
  if (access.kind !== 'open') return null;
  const asked = clock.now();
  const theirs = await findServerTime(access.database);
  return readingOf('the database', theirs, { asked, answered: clock.now(), precisionMs: 1 });
}

async function providerClock(context: CheckContext): Promise<ClockReading | null> {
  const { identity } = context.config;
  if (identity.mode === 'evaluation') return null;
  const asked = context.clock.now();
  // Its certificate may fail because of the very clock that is asked about.
  const answer = await ask({ url: discoveryUrl(identity.issuer), anyCertificate: true }, context);
  const theirs = answer.kind === 'answer' ? new Date(answer.headers.date ?? '') : null;
  if (theirs === null || Number.isNaN(theirs.getTime())) return null;
  // HTTP's dates have whole seconds (RFC 9110 5.6.7).
  const times = { asked, answered: context.clock.now(), precisionMs: 1000 };
  return readingOf('the identity provider', theirs, times);
}
