const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  { unit: 'year', milliseconds: 365 * day, from: 365 * day },
  { unit: 'month', milliseconds: 30 * day, from: 45 * day },
  { unit: 'day', milliseconds: day, from: day },
  { unit: 'hour', milliseconds: hour, from: hour },
  { unit: 'minute', milliseconds: minute, from: minute },
] as const;

/**
 * An instant as people say it: `12 days ago`, `in 3 hours`, `now` within a minute.
 * @param at RFC 3339 · @param now milliseconds since 1970 · @param language BCP 47
 */
export function relativeTime(at: string, now: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const distance = Date.parse(at) - now;
  const step = steps.find(({ from }) => Math.abs(distance) >= from);
  if (step === undefined) return words.format(0, 'second');
  return words.format(Math.trunc(distance / step.milliseconds), step.unit);
}

/** The whole date and time, for the tooltip and for people who need it exactly. */
export function exactTime(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));
}

/** A day, such as a deadline: `Friday, 4 December`. */
export function dayOf(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(
    new Date(at),
  );
}
