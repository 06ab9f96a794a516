import type { PlistDict, PlistValue } from '../plist.ts';
import { arrayOf, dataOf, dictOf, numberOf, textOf } from '../plist-fields.ts';

/** com.apple.security.scep, as far as a Mac acts on it. */
export type ScepPayload = {
  readonly url: string;
  readonly name: string | null;
  readonly challenge: string | null;
  /** Pairs of attribute OID and value, expanded for this Mac. */
  readonly subject: readonly (readonly [oid: string, value: string])[];
  readonly keyBits: number;
  /** 1 signing, 4 encryption; 0 when absent. */
  readonly keyUsage: number;
  readonly caFingerprint: Buffer | null;
};

const ATTRIBUTES: Readonly<Record<string, string>> = {
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
};

/** Reads the payload; null when it lacks a URL. Keysize is 1024 where absent, as Apple's is. */
export function readScepPayload(
  payload: PlistDict,
  variables: Readonly<Record<string, string>>,
): ScepPayload | null {
  const content = dictOf(payload, 'PayloadContent');
  const url = content === null ? null : textOf(content, 'URL');
  if (content === null || url === null) return null;
  const given = (arrayOf(content, 'Subject') ?? []).flatMap((name) => readName(name, variables));
  const identifier = textOf(payload, 'PayloadIdentifier') ?? '';
  return {
    url,
    name: textOf(content, 'Name'),
    challenge: textOf(content, 'Challenge'),
    subject: given.length > 0 ? given : [[ATTRIBUTES['CN'] ?? '', identifier]],
    keyBits: numberOf(content, 'Keysize') ?? 1024,
    keyUsage: numberOf(content, 'Key Usage') ?? 0,
    caFingerprint: dataOf(content, 'CAFingerprint'),
  };
}

/** One RDN: an array of [type, value] pairs. */
function readName(
  name: PlistValue,
  variables: Readonly<Record<string, string>>,
): readonly [string, string][] {
  if (!Array.isArray(name)) return [];
  return name.flatMap((pair: unknown): [string, string][] => {
    if (!Array.isArray(pair)) return [];
    const [type, value] = pair as readonly unknown[];
    if (typeof type !== 'string' || typeof value !== 'string') return [];
    const oid = ATTRIBUTES[type] ?? type;
    if (!/^\d+(\.\d+)+$/u.test(oid)) return [];
    return [[oid, value.replaceAll(/%\w+%/gu, (token) => variables[token] ?? token)]];
  });
}
