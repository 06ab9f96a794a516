/** Why a property list was refused. `unwritable` is the writer's only one: the value has no XML form. */
export type PlistErrorKind =
  | 'too-large'
  | 'invalid-utf8'
  | 'control-character'
  | 'malformed'
  | 'doctype'
  | 'internal-subset'
  | 'entity'
  | 'processing-instruction'
  | 'attribute'
  | 'unknown-element'
  | 'unexpected-element'
  | 'unexpected-text'
  | 'mismatched-end'
  | 'unexpected-end'
  | 'duplicate-key'
  | 'key-without-value'
  | 'value-without-key'
  | 'bad-boolean'
  | 'bad-integer'
  | 'bad-real'
  | 'bad-date'
  | 'bad-data'
  | 'too-deep'
  | 'too-many-nodes'
  | 'empty'
  | 'trailing-content'
  | 'unwritable';

/** A property list was refused: what kind of fault, and at which byte. Never holds any of its content. */
export class PlistError extends Error {
  readonly kind: PlistErrorKind;
  /** Bytes from the start of the document; 0 for a value that could not be written. */
  readonly offset: number;

  constructor(kind: PlistErrorKind, offset: number) {
    super(`property list refused: ${kind} at byte ${offset}`);
    this.name = 'PlistError';
    this.kind = kind;
    this.offset = offset;
  }
}
