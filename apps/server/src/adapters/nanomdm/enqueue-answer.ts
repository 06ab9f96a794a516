import { z } from 'zod';

/** What became of a command that was handed to NanoMDM. */
export type EnqueueOutcome =
  /** It is in NanoMDM's queue. `pushed`: Apple took the push too; that says nothing about the Mac. */
  | { readonly kind: 'taken'; readonly pushed: boolean }
  /** A command of this CommandUUID was in NanoMDM's queue before, and may have been answered. */
  | { readonly kind: 'had-before' }
  /** Our own API key is not NanoMDM's. Nothing was queued. */
  | { readonly kind: 'unauthorized' }
  /** NanoMDM cannot read the command: it never will. */
  | { readonly kind: 'malformed' }
  /** NanoMDM answered that it has not got it, or nothing that can be understood: it may have it. */
  | { readonly kind: 'unsure' };

const each = z.object({ push_error: z.unknown(), push_result: z.unknown(), command_error: z.unknown() });
const answer = z.object({
  status: z.record(z.string(), each.partial()).nullish(),
  command_uuid: z.string().nullish(),
  command_error: z.string().nullish(),
  push_error: z.unknown(),
});

const unsure: EnqueueOutcome = { kind: 'unsure' };

/**
 * Reads NanoMDM's answer to `PUT /v1/enqueue/<id>` for one id (reference/peers.md 5.2). A 500 says nothing by itself:
 * with a CommandUUID and a push_error the command is queued, and only the push failed.
 */
export function readEnqueueAnswer(status: number, text: string, id: string, uuid: string): EnqueueOutcome {
  if (status === 401) return { kind: 'unauthorized' };
  const read = answer.partial().safeParse(jsonOf(text));
  if (!read.success || (status !== 200 && status !== 207 && status !== 500)) return unsure;
  const { command_error: error, command_uuid: queued, push_error: pushError } = read.data;
  const ours = read.data.status?.[id];
  if (typeof error === 'string') return ofCommandError(error);
  if (typeof ours?.command_error === 'string') return ofCommandError(ours.command_error);
  if (queued?.toUpperCase() !== uuid.toUpperCase()) return unsure;
  if (status === 500 && !isSaid(pushError) && !isSaid(ours?.push_error)) return unsure;
  return { kind: 'taken', pushed: !isSaid(pushError) && isSaid(ours?.push_result) };
}

/** Whether NanoMDM's answer to `GET /v1/push/<id>` says that Apple took the push for this id. */
export function readPushAnswer(status: number, text: string, id: string): boolean {
  const read = answer.partial().safeParse(jsonOf(text));
  if (!read.success || (status !== 200 && status !== 207)) return false;
  const ours = read.data.status?.[id];
  return isSaid(ours?.push_result) && !isSaid(ours?.push_error);
}

function ofCommandError(error: string): EnqueueOutcome {
  if (/already exists/i.test(error)) return { kind: 'had-before' };
  return /decoding command|parse error/i.test(error) ? { kind: 'malformed' } : unsure;
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
