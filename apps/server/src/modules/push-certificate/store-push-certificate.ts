import type { PersonActor } from '../../kernel/actor.ts';
import type { PushCertificateId } from '../../kernel/id.ts';
import type { Note } from '../../kernel/note.ts';
import { ok, refused } from '../../kernel/result.ts';
import { done, refuse, type Verb } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { PushUpload } from '../../vault/push-upload.ts';
import type { PushCertificateVerdict, Vault } from '../../vault/vault.ts';
import { isAnyMacEnrolledWith } from '../devices/devices.ts';
import { lockCertificates, replaceInUse } from './push-certificate.store.ts';
import type { PushCertificates } from './push-certificate.ts';

type Ports = { readonly vault: Vault; readonly certificates: PushCertificates };
type Judged = {
  readonly id: PushCertificateId;
  readonly verdict: PushCertificateVerdict;
  readonly certificates: PushCertificates;
};

/** Takes a push certificate into use, for every Mac from its next push on. */
export const storePushCertificate: Verb<Tx, Ports, PersonActor, PushUpload, Judged, null, null> = {
  async prepare({ ports: { vault, certificates }, actor, input, ids }) {
    if (!actor.permissions.has('settings:write')) return refused({ kind: 'forbidden' });
    const id = ids.next<'push-certificate'>();
    // A verdict against it goes on into `write`, because only there it can be put on record.
    const verdict = await vault.sealPushCertificate({ certificate: id, upload: input });
    return ok({ id, verdict, certificates });
  },
  async write({ tx, actor, prepared: { id, verdict, certificates }, now }) {
    if (verdict.kind === 'flawed') return refuse({ kind: verdict.flaw }, noteOf(verdict.flaw));
    const { topic, notAfter, sha256 } = verdict;
    await lockCertificates(tx);
    // A Mac never takes another topic: with another certificate it could not be pushed until it enrolls again.
    if (await isAnyMacEnrolledWith(tx, await certificates.pushTopic(tx), topic)) {
      return refuse({ kind: 'push-certificate-other-topic' }, noteOf('push-certificate-other-topic'));
    }
    await replaceInUse(tx, { ...verdict, id, by: actor.person }, now);
    const detail = { topic, notAfter: notAfter.toISOString(), sha256: sha256.toString('hex') };
    return done(null, { action: 'push-certificate.stored', detail });
  },
  after: async ({ ports }) => {
    ports.certificates.changed();
    return null;
  },
};

const noteOf = (reason: string): Note => ({ action: 'push-certificate.refused', detail: { reason } });
