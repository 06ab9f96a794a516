import type { LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';

/** The roots that make a certificate trusted here. */
export type Trust = {
  /** Roots that every browser knows. */
  readonly publicRoots: SecureContext;
  /** These and what this machine was told to trust beside them. */
  readonly allRoots: SecureContext;
};

/** What it takes to connect to somebody. */
export type Reach = {
  readonly trust: Trust;
  /** Asks for names as the system does, unless given. */
  readonly lookup?: LookupFunction;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
};
