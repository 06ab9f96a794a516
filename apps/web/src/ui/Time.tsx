import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exactTime, relativeTime } from './relative-time.ts';

/** The clock of the page, which ticks often enough for words like "4 minutes ago" to stay true. */
export function useNow(everyMilliseconds = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}

/** An instant in words, with the exact one on hover. */
export function Time({ at }: { readonly at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at, i18n.language)}>
      {relativeTime(at, now, i18n.language)}
    </time>
  );
}

/** The same as text, to stand inside a sentence. */
export function useRelativeTime(): (at: string) => string {
  const { i18n } = useTranslation();
  const now = useNow();
  return (at) => relativeTime(at, now, i18n.language);
}
