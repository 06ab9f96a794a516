import type { DeviceConcern } from '@keyhaven/api-contract/device';

/** What a Mac tells of its management. null: it has not said. */
export type ManagementFacts = {
  readonly userApproved: boolean | null;
  readonly userEnrollment: boolean | null;
  /** The name of another profile that escrows keys or turns FileVault on. */
  readonly otherEscrowProfile: string | null;
};

/** What is odd about the management of this Mac, as it told itself. */
export function managementConcerns(mac: ManagementFacts): readonly DeviceConcern[] {
  return [
    ...(mac.userApproved === false ? (['not-user-approved'] as const) : []),
    ...(mac.userEnrollment === true ? (['user-enrollment'] as const) : []),
    ...(mac.otherEscrowProfile === null ? [] : (['other-escrow-profile'] as const)),
  ];
}
