/** Why a message or profile that is a sound property list was refused. */
export type MessageErrorKind = 'missing-key' | 'wrong-type' | 'empty-value' | 'unknown-value';

/** A message was refused: what kind of fault, at which of Apple's keys. Never holds a value. */
export class MessageError extends Error {
  readonly kind: MessageErrorKind;
  /** Apple's name of the key; empty for the message itself. */
  readonly key: string;

  constructor(kind: MessageErrorKind, key: string) {
    super(`message refused: ${kind}${key === '' ? '' : ` at ${key}`}`);
    this.name = 'MessageError';
    this.kind = kind;
    this.key = key;
  }
}
