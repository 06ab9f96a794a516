import { after, type Clock } from '../../kernel/clock.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { PushIdentity } from '../../vault/push-identity.ts';
import type { Vault } from '../../vault/vault.ts';
import { countMacsWithoutTopic } from '../devices/devices.ts';
import * as store from './push-certificate.store.ts';
import type { SettingsCertificate } from './settings-certificate.ts';

/** The certificate by which Macs are pushed now. */
export type CertificateInUse = {
  readonly source: 'stored' | 'settings';
  readonly sha256: Buffer;
  readonly topic: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

export type PushCertificates = {
  /** As the database says now; null: there is none. A stored one wins over the settings. */
  readonly inUse: (executor?: Database | Tx) => Promise<CertificateInUse | null>;
  /** What a Mac that enrolls now is told; null: none can enroll. */
  readonly pushTopic: (executor?: Database | Tx) => Promise<string | null>;
  /** Enrolled Macs that the certificate in use does not reach: its topic is another. */
  readonly countUnreachable: () => Promise<number>;
  /** What proves us to Apple, for the adapter that pushes. Another process's change shows within 5 seconds. */
  readonly identity: () => Promise<PushIdentity | null>;
  /** This process has just changed it. */
  readonly changed: () => void;
};

/** Made up: no certificate on earth has it, and no Mac of an evaluation is real. */
export const evaluationTopic = 'com.apple.mgmt.External.00000000-0000-0000-0000-000000000000';

const looksAgainAfterMs = 5000;

/** Which push certificate counts. */
export function createPushCertificates(context: {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: SettingsCertificate | null;
  /** The topic while there is no certificate: of the settings, or made up; null: none. */
  readonly topicWithout: string | null;
}): PushCertificates {
  const { database, vault, clock, settings } = context;
  let known: { readonly identity: Promise<PushIdentity | null>; readonly until: Date } | null = null;
  let opened: PushIdentity | null = null;

  async function inUse(executor: Database | Tx = database): Promise<CertificateInUse | null> {
    const stored = await store.findInUse(executor);
    if (stored !== null) return { source: 'stored', ...stored };
    if (settings === null) return null;
    const { identity, notBefore, notAfter } = settings;
    const sha256 = Buffer.from(identity.id, 'hex');
    return { source: 'settings', sha256, topic: identity.topic, notBefore, notAfter };
  }

  /** Opens the key only when the certificate is another than before. */
  async function look(): Promise<PushIdentity | null> {
    const stored = await store.findInUse(database);
    if (stored === null) return settings?.identity ?? null;
    if (opened?.id === stored.sha256.toString('hex')) return opened;
    opened = await vault.openPushIdentity(stored.id);
    return opened;
  }

  return {
    inUse,
    pushTopic: async (executor) => (await inUse(executor))?.topic ?? context.topicWithout,
    countUnreachable: async () => {
      const certificate = await inUse();
      return certificate === null ? 0 : countMacsWithoutTopic(database, certificate.topic);
    },
    identity: () => {
      const now = clock.now();
      if (known !== null && now < known.until) return known.identity;
      const identity = look();
      known = { identity, until: after(now, looksAgainAfterMs) };
      // What failed is tried again at the next push.
      identity.catch(() => {
        known = null;
      });
      return identity;
    },
    changed: () => {
      known = null;
    },
  };
}
