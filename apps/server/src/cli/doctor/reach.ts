import type { LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';

/** The roots that make a certificate trusted, by whom it is to be trusted. */
export type Trust = {
  /** Those that every browser knows. */
  readonly publicRoots: SecureContext;
  /** Those of our own server, when it asks others: with NODE_EXTRA_CA_CERTS, without the system's. */
  readonly serverRoots: SecureContext;
  /** All of this machine's. */
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
