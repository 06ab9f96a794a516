/** Apple's types. `any` takes every value. */
export type SchemaType =
  | 'string'
  | 'integer'
  | 'real'
  | 'boolean'
  | 'date'
  | 'data'
  | 'array'
  | 'dictionary'
  | 'any';

/** The facts of one key, as Apple's schema states them for macOS. */
export interface SchemaKey {
  readonly name: string;
  readonly type: SchemaType;
  /** Required wherever the channel and enrollment have the key at all. */
  readonly required?: true;
  readonly values?: readonly (string | number)[];
  readonly min?: number;
  readonly max?: number;
  /** A regular expression. */
  readonly format?: string;
  /** How many of this item its array holds: least, most. */
  readonly repetition?: readonly [number, number];
  /** macOS has no such key. */
  readonly notOnMacos?: true;
  /** Only on a user's channel. */
  readonly userChannelOnly?: true;
  readonly userEnrollment?: 'forbidden' | 'required';
  /** Members of a dictionary (one named ANY takes every name), or the one item of an array. */
  readonly keys?: readonly SchemaKey[];
}

export interface SchemaTable {
  readonly checkIns: { readonly [messageType: string]: readonly SchemaKey[] };
  readonly commands: { readonly [requestType: string]: readonly SchemaKey[] };
  readonly answers: { readonly [requestType: string]: readonly SchemaKey[] };
  readonly payloads: { readonly [payloadType: string]: readonly SchemaKey[] };
}
