/** What one property list may cost. */
export interface PlistLimits {
  readonly maxBytes: number;
  /** Nested arrays and dicts. */
  readonly maxDepth: number;
  /** Values and keys together. */
  readonly maxNodes: number;
}

/** 2 MiB is the largest body a Mac may send; a full ProfileList or CertificateList stays below 50,000 nodes. */
export const defaultLimits: PlistLimits = { maxBytes: 2 * 1024 * 1024, maxDepth: 32, maxNodes: 50_000 };
