import type { z } from 'zod';

/**
 * A kind of job. Its input holds ids and settings, never a secret: job rows are plain rows
 * (docs: the queue holds intents, not secrets).
 */
export type JobDefinition<Input extends object = object> = {
  /** `room.what-it-does`; letters, digits, `.`, `-`, `_`. Also the queue's name, so it stays. */
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** Tries after the first that failed. */
  readonly retryLimit: number;
  /** The first wait before a retry; it doubles each time, with jitter, up to an hour. */
  readonly retryDelaySeconds: number;
  /** How long one try may take before it counts as lost. */
  readonly expireInSeconds: number;
  /** How many of them one process works on at a time. */
  readonly concurrency: number;
  /** With true, at most one waits for each `singletonKey`, which every send must then give. */
  readonly oneWaitingPerKey: boolean;
};

/** Declares a kind of job; what is not given gets 5 retries from 2 s on, 5 minutes a try, one at a time. */
export function defineJob<Input extends object>(
  job: Pick<JobDefinition<Input>, 'name' | 'input'> & Partial<JobDefinition<Input>>,
): JobDefinition<Input> {
  return {
    retryLimit: 5,
    retryDelaySeconds: 2,
    expireInSeconds: 300,
    concurrency: 1,
    oneWaitingPerKey: false,
    ...job,
  };
}

/** What the queue needs to know of a kind of job. */
export type QueueSettings = Omit<JobDefinition, 'input'>;
