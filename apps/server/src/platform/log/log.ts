import pino, { type DestinationStream } from 'pino';
import { describeError } from './describe-error.ts';
import { allowedFields, type LogFields, safeText } from './log-fields.ts';
import { prettyLine } from './pretty-line.ts';

/**
 * The log. `event` is a fixed phrase in the code (`database started`), never built from input; what
 * varies goes into the fields, which are an allow-list.
 */
export type Log = {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
};

export type LogOptions = {
  /** Where lines go; default standard output, one JSON object a line, or one short line in a terminal. */
  readonly destination?: DestinationStream;
  readonly pretty?: boolean;
};

/** Opens the log. */
export function openLog(options: LogOptions = {}): Log {
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY);
  const destination = options.destination ?? process.stdout;
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event', formatters: { level } },
    pretty ? { write: (line: string) => destination.write(prettyLine(line)) } : destination,
  );
  return {
    info: (event, fields) => logger.info(lineOf(fields), safeText(event)),
    warn: (event, fields) => logger.warn(lineOf(fields), safeText(event)),
    error: (event, fields) => logger.error(lineOf(fields), safeText(event)),
  };
}

/** A log that goes nowhere, for callers that were given none. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

function level(label: string): { level: string } {
  return { level: label };
}

function lineOf(fields: LogFields = {}): object {
  if (fields.error === undefined) return allowedFields(fields);
  return { ...allowedFields(fields), error: describeError(fields.error) };
}
