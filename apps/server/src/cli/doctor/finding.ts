/** One thing that a check found. What is not in order says what to do next. Never holds a secret. */
export type Finding =
  | { readonly state: 'ok'; readonly found: string }
  | { readonly state: 'warning' | 'failed'; readonly found: string; readonly next: string };

export type FindingState = Finding['state'];

export const fine = (found: string): Finding => ({ state: 'ok', found });
export const warning = (found: string, next: string): Finding => ({ state: 'warning', found, next });
export const failed = (found: string, next: string): Finding => ({ state: 'failed', found, next });

const order: readonly FindingState[] = ['ok', 'warning', 'failed'];

/** The gravest state among these; `ok` where there are none. */
export const worstOf = (findings: readonly Finding[]): FindingState =>
  order.findLast((state) => findings.some((each) => each.state === state)) ?? 'ok';
