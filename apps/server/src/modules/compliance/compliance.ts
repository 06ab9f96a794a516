import type { AccessReason, AccessState, RecoveryKeyState } from '@keyhaven/api-contract/device';
import type { PolicySettings } from '@keyhaven/api-contract/policy';
import { after, days } from '../../kernel/clock.ts';

/** What is known of a Mac that its access depends on. */
export type AccessFacts = {
  /** Its enrollment is the one that counts, is live, and the Mac is not removed. */
  readonly enrolled: boolean;
  /** It was enrolled, and has left or was removed: no period runs for a Mac that is gone. */
  readonly hasLeft: boolean;
  /** When the generation that counts went live, or began where it never did. */
  readonly enrolledAt: Date;
  /** FileVault, by the Mac's last word; null: it has not said. */
  readonly encrypted: boolean | null;
  readonly recoveryKey: RecoveryKeyState;
  /** The current key was made or confirmed by the Mac. */
  readonly proved: boolean;
  /** Since when the key is not certain; null while it is, or when there never was one. */
  readonly doubtfulSince: Date | null;
};

export type AccessVerdict = {
  readonly state: AccessState;
  /** The end of the grace period; null unless it runs. */
  readonly until: Date | null;
  readonly reasons: readonly AccessReason[];
};

/** Whether this Mac can access company resources now, and what stands against it. */
export function judgeAccess(
  facts: AccessFacts,
  policy: Pick<PolicySettings, 'gracePeriodDays'>,
  now: Date,
): AccessVerdict {
  const reasons = reasonsAgainst(facts);
  if (reasons.length === 0) return { state: 'can-access', until: null, reasons };
  if (facts.hasLeft) return { state: 'blocked', until: null, reasons };
  const { enrolledAt, doubtfulSince } = facts;
  const began = doubtfulSince !== null && doubtfulSince > enrolledAt ? doubtfulSince : enrolledAt;
  const until = after(began, days(policy.gracePeriodDays));
  return now < until ? { state: 'grace', until, reasons } : { state: 'blocked', until: null, reasons };
}

function reasonsAgainst(facts: AccessFacts): readonly AccessReason[] {
  const key = keyReason(facts);
  return [
    ...(facts.enrolled ? [] : (['not-enrolled'] as const)),
    ...(facts.encrypted === null ? (['encryption-unknown'] as const) : []),
    ...(facts.encrypted === false ? (['not-encrypted'] as const) : []),
    ...(key === null ? [] : [key]),
  ];
}

function keyReason({ recoveryKey, proved }: AccessFacts): AccessReason | null {
  switch (recoveryKey) {
    case 'none':
      return 'recovery-key-not-stored';
    case 'candidate':
    case 'unproven':
      return 'recovery-key-not-proved';
    case 'uncertain':
      return 'recovery-key-uncertain';
    case 'current':
      return proved ? null : 'recovery-key-not-proved';
  }
}
