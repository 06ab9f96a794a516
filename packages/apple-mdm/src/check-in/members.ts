import { dataOf, dictOf, valueAt } from '../plist/access.ts';
import type { PlistDict, PlistValue } from '../plist/value.ts';
import { MessageError } from './message-error.ts';

// Readers of members that a message must or may have. `required…` refuses an absent or empty one, `optional…` answers
// null for an absent one; both refuse another type.

export function rootDict(value: PlistValue): PlistDict {
  const dict = dictOf(value);
  if (dict === undefined) throw new MessageError('wrong-type', '');
  return dict;
}

export function requiredString(dict: PlistDict, key: string): string {
  return required(optionalString(dict, key), key);
}

export function requiredData(dict: PlistDict, key: string): Buffer {
  return required(optionalData(dict, key), key);
}

export function optionalString(dict: PlistDict, key: string): string | null {
  const value = valueAt(dict, key);
  if (value === undefined) return null;
  if (typeof value !== 'string') throw new MessageError('wrong-type', key);
  return value;
}

export function optionalBoolean(dict: PlistDict, key: string): boolean | null {
  const value = valueAt(dict, key);
  if (value === undefined) return null;
  if (typeof value !== 'boolean') throw new MessageError('wrong-type', key);
  return value;
}

export function optionalData(dict: PlistDict, key: string): Buffer | null {
  const value = valueAt(dict, key);
  if (value === undefined) return null;
  const data = dataOf(value);
  if (data === undefined) throw new MessageError('wrong-type', key);
  return data;
}

export function optionalDict(dict: PlistDict, key: string): PlistDict | null {
  const value = valueAt(dict, key);
  if (value === undefined) return null;
  const member = dictOf(value);
  if (member === undefined) throw new MessageError('wrong-type', key);
  return member;
}

function required<Value extends { readonly length: number }>(value: Value | null, key: string): Value {
  if (value === null) throw new MessageError('missing-key', key);
  if (value.length === 0) throw new MessageError('empty-value', key);
  return value;
}
