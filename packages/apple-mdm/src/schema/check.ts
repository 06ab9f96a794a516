import { dictsAt, stringAt, valueAt } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { appleSchema } from './apple-schema.ts';
import { checkDict, type SchemaContext, type Violation } from './check-value.ts';
import { answerKeys, identityKeys } from './common-keys.ts';
import type { SchemaKey } from './schema-key.ts';

export type SchemaKind = 'command' | 'answer' | 'check-in' | 'profile';

/**
 * Holds a message or profile against Apple's schema for macOS.
 *
 * `name` is the RequestType of a command or answer (`Idle` for an answer to none), the MessageType of a check-in, the
 * PayloadType of one payload, or `Configuration` for a whole profile with all its payloads.
 *
 * @returns every departure, in no promised order; none for a sound one
 */
export function checkAgainstSchema(kind: SchemaKind, name: string, dict: PlistDict): readonly Violation[] {
  const keys = keysFor[kind](name, dict);
  if (keys === null) return [{ kind: 'unknown-name', path: '' }];
  const own = checkDict(keys, dict, contextOf(dict), '');
  return kind === 'profile' && name === 'Configuration' ? [...own, ...checkPayloads(dict)] : own;
}

type Keys = readonly SchemaKey[];

const keysFor: Readonly<Record<SchemaKind, (name: string, dict: PlistDict) => Keys | null>> = {
  command: commandKeys,
  answer: answerKeysFor,
  'check-in': (name) => merge(stated(appleSchema.checkIns, name), identityKeys),
  profile: payloadKeys,
};

function stated(table: { readonly [name: string]: Keys }, name: string): Keys | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

function payloadKeys(name: string): Keys | null {
  if (name === 'Configuration') return stated(appleSchema.payloads, 'TopLevel');
  return merge(stated(appleSchema.payloads, name), stated(appleSchema.payloads, 'CommonPayloadKeys') ?? []);
}

function commandKeys(name: string): Keys | null {
  const request = stated(appleSchema.commands, name);
  if (request === null) return null;
  const requestType: SchemaKey = { name: 'RequestType', type: 'string', required: true, values: [name] };
  return [
    { name: 'CommandUUID', type: 'string', required: true },
    { name: 'Command', type: 'dictionary', required: true, keys: [requestType, ...request] },
  ];
}

/** Only an Acknowledged answer has a result to be held against the schema. */
function answerKeysFor(name: string, dict: PlistDict): Keys | null {
  const acknowledged = stringAt(dict, 'Status') === 'Acknowledged';
  if (name === 'Idle') return acknowledged ? null : answerKeys;
  const result = stated(appleSchema.answers, name);
  return merge(result === null || acknowledged ? result : [], answerKeys);
}

/** The named keys, and of the common ones those it does not state itself. */
function merge(keys: Keys | null, common: Keys): Keys | null {
  if (keys === null) return null;
  const names = new Set(keys.map((key) => key.name));
  return [...keys, ...common.filter((key) => !names.has(key.name))];
}

function contextOf(dict: PlistDict): SchemaContext {
  return {
    userChannel: valueAt(dict, 'UserID') !== undefined || valueAt(dict, 'EnrollmentUserID') !== undefined,
    userEnrollment: valueAt(dict, 'EnrollmentID') !== undefined,
  };
}

function checkPayloads(profile: PlistDict): readonly Violation[] {
  return dictsAt(profile, 'PayloadContent').flatMap((payload, index) =>
    checkAgainstSchema('profile', stringAt(payload, 'PayloadType') ?? '', payload).map(({ kind, path }) => ({
      kind,
      path: `PayloadContent[${index}]${path === '' ? '' : `.${path}`}`,
    })),
  );
}
