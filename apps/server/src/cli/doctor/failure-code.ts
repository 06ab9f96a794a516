/**
 * What went wrong, as a code such as `ECONNREFUSED`, `CERT_HAS_EXPIRED` or PostgreSQL's `28P01`. Messages stay where
 * they are: they may repeat what was sent.
 */
export function failureCode(error: unknown): string {
  // Node tries every address of a name and gathers what each of them said.
  if (error instanceof AggregateError) return failureCode(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[A-Za-z0-9_/-]{1,60}$/.test(code)) return code;
  if (/time(?:d )?out/i.test(error.message)) return 'ETIMEDOUT';
  return error.name;
}
