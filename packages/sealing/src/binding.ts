/** Each class has master keys of its own, so that those who may open corporate records cannot open personal ones. */
export type OwnershipClass = 'personal' | 'corporate' | 'system';

/** What a sealed secret is for. Its text is authenticated: a word in use is never changed, new ones are added. */
export type Purpose =
  | 'recovery-key'
  | 'escrow-private-key'
  | 'device-answer'
  | 'bootstrap-token'
  | 'device-ca'
  | 'profile-signing-key'
  | 'push-certificate-key'
  | 'integration-secret';

/**
 * Where a sealed record belongs; it opens nowhere else. `device` and `version` are our own ids as text, and the
 * empty string where there is none (a system key belongs to no Mac).
 */
export type Binding = {
  readonly purpose: Purpose;
  readonly ownershipClass: OwnershipClass;
  readonly device: string;
  readonly version: string;
};

/** The authenticated parts of a binding, in the one order in which they are encoded. */
export function bindingParts(binding: Binding): readonly string[] {
  return [binding.purpose, binding.ownershipClass, binding.device, binding.version];
}
