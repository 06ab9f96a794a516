import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Tell } from '../devices/tell.port.ts';
import { dueWarnings, warningWords } from './expiry.ts';
import { findWarnings, insertWarnings } from './push-certificate.store.ts';
import type { PushCertificates } from './push-certificate.ts';

/** Tells IT that the push certificate is about to expire, at each number of days once. Safe in any number of processes. */
export async function warnOfExpiry(context: {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly certificates: PushCertificates;
  readonly tell: Tell;
}): Promise<void> {
  const { database, runner, certificates, tell } = context;
  const certificate = await certificates.inUse();
  if (certificate === null) return;
  const due = dueWarnings(certificate, runner.clock.now());
  const [pressing] = due;
  if (pressing === undefined) return;
  if ((await findWarnings(database, certificate.sha256)).includes(pressing)) return;
  await runWrite(runner, { kind: 'system', name: 'Keyhaven' }, async ({ tx, now, ids }) => {
    const news = await insertWarnings(tx, certificate.sha256, due, now);
    if (!news.includes(pressing)) return refuse({ kind: 'not-found' });
    const reason = warningWords(certificate, now);
    await tell.it(tx, { device: null, kind: 'push-certificate-expires', reason, now, ids });
    const detail = { days: pressing, notAfter: certificate.notAfter.toISOString() };
    return done(null, { action: 'push-certificate.expiry-told', detail });
  });
}
