import type { FileVault, MacState } from '../mac-state.ts';
import type { PlistDict } from '../plist.ts';
import type { ReadProfile } from '../profile.ts';
import type { Surroundings } from '../surroundings.ts';

/** A command as the server sent it. */
export type Command = {
  readonly uuid: string;
  readonly requestType: string;
  readonly fields: PlistDict;
};

export type CommandResult = {
  readonly status: 'Acknowledged' | 'Error' | 'NotNow' | 'CommandFormatError';
  readonly keys: PlistDict;
};

/** What carrying a command out did: its result, and the state after it where that changed. */
export type Carried = {
  readonly result: CommandResult;
  readonly state?: MacState;
  /** The enrollment profile was removed: the Mac leaves once the result has. */
  readonly leaves?: boolean;
};

export type CommandContext = {
  readonly state: MacState;
  /** FileVault as this Mac reports it, which a behaviour may bend. */
  readonly fileVault: FileVault;
  readonly surroundings: Surroundings;
  /** Renews the identity from the enrollment profile sent again; answers the state after it. */
  readonly renew: (read: ReadProfile) => Promise<MacState>;
};

export type CommandHandler = (fields: PlistDict, context: CommandContext) => Carried | Promise<Carried>;

export function acknowledged(keys: PlistDict = {}): CommandResult {
  return { status: 'Acknowledged', keys };
}

/** An ErrorChain of one; Apple calls codes and domains diagnostics that may change. */
export function errorResult(domain: string, code: number, text: string): CommandResult {
  const link = {
    ErrorCode: BigInt(code),
    ErrorDomain: domain,
    LocalizedDescription: text,
    USEnglishDescription: text,
  };
  return { status: 'Error', keys: { ErrorChain: [link] } };
}
