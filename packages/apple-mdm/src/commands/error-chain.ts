import { dictsAt, integerAt, stringAt } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { redactKeys } from './redact-keys.ts';

/** One fault of a command, the outermost first. Diagnostics only: Apple changes codes and domains between releases. */
export interface CommandFault {
  /** null when the Mac sent none, or one that is no 32-bit number. */
  readonly code: number | null;
  readonly domain: string | null;
  /** Texts come with anything that looks like a recovery key taken out. */
  readonly localizedDescription: string | null;
  readonly usEnglishDescription?: string;
}

/** Reads ErrorChain, never refusing: an answer is too precious to lose over its error text. */
export function readErrorChain(answer: PlistDict): readonly CommandFault[] {
  return dictsAt(answer, 'ErrorChain').map(readFault);
}

function readFault(item: PlistDict): CommandFault {
  const usEnglish = stringAt(item, 'USEnglishDescription');
  return {
    code: readCode(integerAt(item, 'ErrorCode')),
    domain: redacted(stringAt(item, 'ErrorDomain')),
    localizedDescription: redacted(stringAt(item, 'LocalizedDescription')),
    ...(usEnglish === undefined ? {} : { usEnglishDescription: redactKeys(usEnglish) }),
  };
}

function redacted(text: string | undefined): string | null {
  return text === undefined ? null : redactKeys(text);
}

function readCode(code: bigint | undefined): number | null {
  return code === undefined || BigInt.asIntN(32, code) !== code ? null : Number(code);
}
