import { valueAt } from '../plist/access.ts';
import { isPlistArray, isPlistDict, type PlistDict, type PlistValue } from '../plist/value.ts';
import type { SchemaKey, SchemaType } from './schema-key.ts';

/** One departure from Apple's schema. `path` names keys and positions, never values: `Command.Queries[0]`. */
export interface Violation {
  readonly kind:
    | 'unknown-name'
    | 'unknown-key'
    | 'missing-key'
    | 'wrong-type'
    | 'not-allowed'
    | 'out-of-range'
    | 'wrong-format'
    | 'wrong-count'
    | 'not-on-macos'
    | 'forbidden-in-user-enrollment';
  readonly path: string;
}

/** Which keys apply: the schema asks for some on a user's channel or in User Enrollment only. */
export interface SchemaContext {
  readonly userChannel: boolean;
  readonly userEnrollment: boolean;
}

export function checkDict(
  keys: readonly SchemaKey[],
  dict: PlistDict,
  context: SchemaContext,
  path: string,
): readonly Violation[] {
  const any = keys.find((key) => key.name === 'ANY');
  const known = new Map(keys.map((key) => [key.name, key]));
  const missing = keys
    .filter((key) => key !== any && isRequired(key, context) && valueAt(dict, key.name) === undefined)
    .map((key): Violation => ({ kind: 'missing-key', path: join(path, key.name) }));
  const found = Object.entries(dict).flatMap(([name, value]) => {
    const key = known.get(name) ?? any;
    const at = join(path, name);
    return key === undefined
      ? [{ kind: 'unknown-key' as const, path: at }]
      : checkMember(key, value, context, at);
  });
  return [...missing, ...found];
}

function isRequired(key: SchemaKey, context: SchemaContext): boolean {
  if (key.required !== true || key.notOnMacos === true) return false;
  if (key.userChannelOnly === true && !context.userChannel) return false;
  return key.userEnrollment === undefined || (key.userEnrollment === 'required') === context.userEnrollment;
}

function checkMember(
  key: SchemaKey,
  value: PlistValue,
  context: SchemaContext,
  path: string,
): readonly Violation[] {
  if (key.notOnMacos === true) return [{ kind: 'not-on-macos', path }];
  if (key.userEnrollment === 'forbidden' && context.userEnrollment) {
    return [{ kind: 'forbidden-in-user-enrollment', path }];
  }
  return checkValue(key, value, context, path);
}

function checkValue(
  key: SchemaKey,
  value: PlistValue,
  context: SchemaContext,
  path: string,
): readonly Violation[] {
  if (!typeChecks[key.type](value)) return [{ kind: 'wrong-type', path }];
  if (isPlistArray(value)) return checkItems(key.keys?.[0], value, context, path);
  if (isPlistDict(value)) return key.keys === undefined ? [] : checkDict(key.keys, value, context, path);
  return checkScalar(key, value, path);
}

function checkItems(
  item: SchemaKey | undefined,
  values: readonly PlistValue[],
  context: SchemaContext,
  path: string,
): readonly Violation[] {
  if (item === undefined) return [];
  const [least, most] = item.repetition ?? [0, Number.POSITIVE_INFINITY];
  if (values.length < least || values.length > most) return [{ kind: 'wrong-count', path }];
  return values.flatMap((value, index) => checkMember(item, value, context, `${path}[${index}]`));
}

function checkScalar(key: SchemaKey, value: PlistValue, path: string): readonly Violation[] {
  const { values, min, max, format } = key;
  const comparable = typeof value === 'bigint' ? Number(value) : value;
  if (values !== undefined && !values.some((allowed) => allowed === comparable))
    return [{ kind: 'not-allowed', path }];
  if (
    typeof comparable === 'number' &&
    (comparable < (min ?? comparable) || comparable > (max ?? comparable))
  ) {
    return [{ kind: 'out-of-range', path }];
  }
  if (typeof value === 'string' && format !== undefined && !new RegExp(format, 'u').test(value)) {
    return [{ kind: 'wrong-format', path }];
  }
  return [];
}

const typeChecks: Readonly<Record<SchemaType, (value: PlistValue) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  real: (value) => typeof value === 'bigint' || typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  data: (value) => value instanceof Uint8Array,
  array: isPlistArray,
  dictionary: isPlistDict,
  any: () => true,
};

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
