export type SealingErrorKind = 'unknown-suite' | 'unknown-generation' | 'malformed' | 'does-not-open';

const SENTENCES: Readonly<Record<SealingErrorKind, string>> = {
  'unknown-suite': 'The sealed record names a cipher suite this version does not know.',
  'unknown-generation': 'The sealed record names a master key generation that is not at hand.',
  malformed: 'The bytes are not a sealed record.',
  'does-not-open': 'The sealed record does not open: other keys, another binding, or changed bytes.',
};

/** Why a record does not open. Says the kind only: never bytes, never the binding, never a cause. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
  readonly kind: SealingErrorKind;

  constructor(kind: SealingErrorKind) {
    super(SENTENCES[kind]);
    this.kind = kind;
  }
}
