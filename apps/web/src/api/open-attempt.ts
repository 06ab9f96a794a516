import type { Attempt } from '@keyhaven/api-contract/attempt';

/** Whether the attempt may still change. */
export function isOpen(attempt: Attempt | null | undefined): boolean {
  return attempt !== null && attempt !== undefined && attempt.state !== 'saved' && attempt.state !== 'failed';
}
