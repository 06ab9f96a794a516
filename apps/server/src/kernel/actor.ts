import type { DeviceId, EnrollmentId, PersonId, SessionId } from './id.ts';
import type { Permission } from './permission.ts';

export type PersonActor = {
  readonly kind: 'person';
  readonly person: PersonId;
  readonly session: SessionId;
  readonly name: string;
  readonly email: string;
  readonly permissions: ReadonlySet<Permission>;
  /** When the person last proved who they are; null when the identity provider does not say. */
  readonly authenticatedAt: Date | null;
};

export type MacActor = {
  readonly kind: 'mac';
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId | null;
};

/** Keyhaven itself: a timer, a policy, the start. */
export type SystemActor = { readonly kind: 'system'; readonly name: string };

export type Actor = PersonActor | MacActor | SystemActor;
