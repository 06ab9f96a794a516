import { safeText } from './log-fields.ts';
import { isSafeToLog } from './safe-error.ts';

/** What the log says of an error. `places` are `file:line:column`, innermost first. */
export type ErrorDescription = {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly places?: readonly string[];
};

const className = /^[A-Za-z]{1,64}$/;
// ERR_NAMES, SQLSTATEs and our kinds-with-hyphens; a run of 24 letters and digits is none of them.
const errorCode = /^(?:[A-Z0-9]{1,16}(?:_[A-Z0-9]{1,16}){0,6}|[a-z]{1,16}(?:-[a-z]{1,16}){0,6})$/;

/**
 * Name, code and places of an error; its message only where the class is marked safe. Never its cause,
 * its other properties or its text: drivers and parsers put input there.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: 'not-an-error' };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: className.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && errorCode.test(code) ? { code } : {}),
    ...(isSafeToLog(error) ? { message: safeText(error.message) } : {}),
    ...places(error),
  };
}

function places(error: Error): { readonly places?: readonly string[] } {
  const head = `${error.name}: ${error.message}`;
  // A message may itself hold lines that look like frames, so a stack of another form is not read.
  if (typeof error.stack !== 'string' || !error.stack.startsWith(head)) return {};
  const found: string[] = [];
  for (const line of error.stack.slice(head.length).split('\n')) {
    const place = /^ {4}at .*?((?:[\w.@-]+\/){0,3}[\w.-]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined && found.length < 6) found.push(place);
  }
  return found.length > 0 ? { places: found } : {};
}
