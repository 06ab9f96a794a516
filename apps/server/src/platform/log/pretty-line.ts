/** A JSON log line as one short line for a terminal: time, level where it is not info, event, fields. */
export function prettyLine(json: string): string {
  const line: Record<string, unknown> = JSON.parse(json);
  const { level, time, event, ...fields } = line;
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${shortly(value)}`);
  const loud = level === 'info' ? [] : [String(level).toUpperCase()];
  return `${[String(time).slice(11, 19), ...loud, String(event), ...shown].join(' ')}\n`;
}

function shortly(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
