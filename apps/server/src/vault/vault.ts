import type { Ownership } from '@keyhaven/api-contract/device';
import type { Sealed } from '@keyhaven/sealing/record';
import type { Secret } from '@keyhaven/sealing/secret';
import type {
  AnswerId,
  CommandId,
  DeviceId,
  EnrollmentId,
  EscrowKeyId,
  EventId,
  IdentityId,
  KeyVersionId,
  PushCertificateId,
  PushRequestId,
  ReleaseId,
} from '../kernel/id.ts';
import type { PushCertificateFlaw } from '../kernel/refusal.ts';
import type { PushIdentity } from './push-identity.ts';
import type { PushUpload } from './push-upload.ts';

/** What the vault found in the two boxes of a store. The text itself stays inside. */
export type TypedKeyVerdict =
  | { readonly kind: 'sealed'; readonly sealed: Sealed; readonly ownershipClass: Ownership }
  | { readonly kind: 'malformed'; readonly field: 'recoveryKey' | 'confirmation' }
  | { readonly kind: 'keys-differ' };

/** What the vault found in a Mac's answer. */
export type AnswerVerdict =
  /** The answer carries no key. */
  | { readonly kind: 'no-key' }
  /** It carries bytes that no escrow key of this Mac opens, or that hold no recovery key. They are kept. */
  | { readonly kind: 'unreadable' }
  /** A key that this version already holds. */
  | { readonly kind: 'known'; readonly version: KeyVersionId }
  /** A key not held before, sealed as the version and class that were asked for. */
  | { readonly kind: 'new'; readonly sealed: Sealed };

/** Why a release was not honoured. A release that was not is void: a new one needs a new audit note. */
export type ReleaseRefusal = 'not-granted' | 'not-fresh' | 'not-permitted' | 'unreadable';

export type ScepAnswer =
  | {
      readonly kind: 'issued';
      readonly identity: IdentityId;
      /** application/x-pki-message; to be sent only after the certificate is bound to the enrollment. */
      readonly reply: Buffer;
      readonly certificate: Buffer;
      readonly certificateSha256: Buffer;
      readonly notAfter: Date;
      readonly transactionId: string;
      readonly publicKeySha256: Buffer;
      /** The same certificate as before: a safe retry. */
      readonly repeated: boolean;
    }
  | { readonly kind: 'refused'; readonly reply: Buffer; readonly why: string }
  /** Not a message of SCEP at all. */
  | { readonly kind: 'malformed' };

/** A push certificate that passed every check, its key sealed. */
export type PushCertificateVerdict =
  | {
      readonly kind: 'sealed';
      readonly sealedPrivateKey: Sealed;
      /** PEM, the push certificate itself first. */
      readonly chain: string;
      readonly sha256: Buffer;
      readonly topic: string;
      readonly notBefore: Date;
      readonly notAfter: Date;
    }
  | { readonly kind: 'flawed'; readonly flaw: PushCertificateFlaw };

/** A new key, sealed, and the request (PKCS #10, DER) for its certificate. */
export type MadePushRequest = {
  readonly request: Buffer;
  readonly publicKeySha256: Buffer;
  readonly sealedPrivateKey: Sealed;
  /** The pair to which somebody may encrypt the answer. */
  readonly answer: {
    readonly key: string;
    readonly certificate: Buffer;
    readonly sealedPrivateKey: Sealed;
  } | null;
};

/**
 * The one door to plaintext. Everything that seals, opens, renders a rotation or opens a Mac's answer is behind it, and
 * only ids, bytes and verdicts pass, but for the one key of a granted reveal. It reads for itself, from the database,
 * who may have what: a caller's word is never enough. A later version runs it in a process of its own.
 */
export type Vault = {
  /** Judges and seals what an owner typed, for a version not yet written. */
  readonly sealTypedKey: (request: {
    readonly device: DeviceId;
    readonly version: KeyVersionId;
    readonly recoveryKey: string;
    readonly confirmation: string;
  }) => Promise<TypedKeyVerdict>;

  /** Seals what a Mac answered, as it came. */
  readonly sealAnswer: (request: {
    readonly device: DeviceId;
    readonly answer: AnswerId;
    readonly ownershipClass: Ownership;
    readonly bytes: Buffer;
  }) => Promise<Sealed>;

  /** A stored answer as it came. Its keys are still encrypted to the escrow key. */
  readonly readAnswer: (answer: AnswerId) => Promise<Buffer>;

  /** Opens the key in a stored answer, compares it with every version held, and seals it when it is new. */
  readonly openAnswer: (request: {
    readonly answer: AnswerId;
    readonly version: KeyVersionId;
    readonly ownershipClass: Ownership;
  }) => Promise<AnswerVerdict>;

  /** A new escrow key pair for one generation of a Mac. */
  readonly createEscrowKey: (request: {
    readonly device: DeviceId;
    readonly escrowKey: EscrowKeyId;
    readonly ownershipClass: Ownership;
  }) => Promise<{ readonly certificate: Buffer; readonly sealedPrivateKey: Sealed }>;

  /** The RotateFileVaultKey command of a granted release, once. It holds the key: deliver it, keep it nowhere. */
  readonly renderRotation: (request: {
    readonly release: ReleaseId;
    readonly command: CommandId;
  }) => Promise<
    { readonly ok: true; readonly command: Buffer } | { readonly ok: false; readonly why: ReleaseRefusal }
  >;

  /** The key of a granted release, once. */
  readonly reveal: (
    release: ReleaseId,
  ) => Promise<
    { readonly ok: true; readonly key: Secret } | { readonly ok: false; readonly why: ReleaseRefusal }
  >;

  /** Answers a SCEP PKIOperation for this enrollment. */
  readonly answerScep: (enrollment: EnrollmentId, message: Buffer) => Promise<ScepAnswer>;

  /** Seals what a Mac said to another MDM server, as that handed it on. */
  readonly sealEvent: (request: {
    readonly enrollment: EnrollmentId;
    readonly event: EventId;
    readonly ownershipClass: Ownership;
    readonly bytes: Buffer;
  }) => Promise<Sealed>;

  /** The message of a stored event. Its keys are still encrypted to the escrow key. */
  readonly readEvent: (event: EventId) => Promise<Buffer>;

  /** Makes the proof of an enrollment: text that nobody can guess, the same each time. Keep it out of logs. */
  readonly enrollmentProver: () => Promise<(enrollment: EnrollmentId) => string>;

  /** The certificate of the device CA, DER. */
  readonly deviceCa: () => Promise<Buffer>;

  /** The profile, signed. */
  readonly signProfile: (profile: Buffer) => Promise<Buffer>;

  /** A key for a push certificate and the request for it; where the answer will come encrypted, a pair for that. */
  readonly createPushRequest: (request: {
    readonly request: PushRequestId;
    readonly commonName: string;
    readonly encryptedAnswer: boolean;
  }) => Promise<MadePushRequest>;

  /** Opens an answer (CMS) that was encrypted for this request; null when it does not open. */
  readonly openPushRequestAnswer: (request: PushRequestId, answer: Buffer) => Promise<Buffer | null>;

  /** Checks a push certificate and seals its key: the one handed in, or that of a request of ours. */
  readonly sealPushCertificate: (request: {
    readonly certificate: PushCertificateId;
    readonly upload: PushUpload;
  }) => Promise<PushCertificateVerdict>;

  /** A stored certificate as what proves us to Apple: for the adapter that pushes, and nobody else. */
  readonly openPushIdentity: (certificate: PushCertificateId) => Promise<PushIdentity>;
};
