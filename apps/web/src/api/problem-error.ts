import type { Problem, ProblemCode } from '@keyhaven/api-contract/problem';

/** An answer of the server that says no: RFC 9457, with one of the closed set of codes. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string;
  readonly field: string | null;
  /** Seconds, from `Retry-After`; null when the answer had none. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: Problem, retryAfterSeconds: number | null) {
    super(problem.title);
    this.name = 'ProblemError';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.field = problem.field ?? null;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer at all: no network, or the server cannot be reached. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError';
}

export function hasCode(error: unknown, code: ProblemCode): error is ProblemError {
  return error instanceof ProblemError && error.code === code;
}
