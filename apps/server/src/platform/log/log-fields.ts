/**
 * Everything a log line may carry beside its event. A new field is added here, after asking whether a
 * recovery key, a challenge, a token, a name or an address of a person could ever be in it.
 */
const kinds = {
  address: 'string',
  attemptId: 'string',
  clientId: 'string',
  code: 'string',
  count: 'number',
  deviceId: 'string',
  durationMs: 'number',
  enrollmentId: 'string',
  exitCode: 'number',
  job: 'string',
  jobId: 'string',
  kind: 'string',
  method: 'string',
  migration: 'string',
  mode: 'string',
  permission: 'string',
  pid: 'number',
  port: 'number',
  reason: 'string',
  requestId: 'string',
  route: 'string',
  signal: 'string',
  state: 'string',
  status: 'number',
  userId: 'string',
  version: 'number',
} as const;

type KindOf = { readonly string: string; readonly number: number };

/** The fields of a line; `error` is reduced to name, code and places (see describeError). */
export type LogFields = {
  readonly [Field in keyof typeof kinds]?: KindOf[(typeof kinds)[Field]] | undefined;
} & { readonly error?: unknown };

/** The last net: a recovery key in its usual form, wherever it came from. */
const recoveryKey = /\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5}\b/gi;
const MAXIMUM_LENGTH = 200;

/** Text cut to one line of at most 200 characters, with anything that looks like a key replaced. */
export function safeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- a log line stays one line, and steers no terminal
  const line = text.replaceAll(recoveryKey, '[secret]').replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return line.length > MAXIMUM_LENGTH ? `${line.slice(0, MAXIMUM_LENGTH)}…` : line;
}

/**
 * The fields that may be written. What the types already refuse is refused again here, since objects
 * arrive through `unknown` too: other names are left out, other kinds print as `[dropped]`.
 */
export function allowedFields(fields: object): Record<string, string | number> {
  const allowed: Record<string, string | number> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const value: unknown = Reflect.get(fields, name);
    if (value === undefined) continue;
    if (kind === 'string' && typeof value === 'string') allowed[name] = safeText(value);
    else if (kind === 'number' && typeof value === 'number') allowed[name] = value;
    else allowed[name] = '[dropped]';
  }
  return allowed;
}
