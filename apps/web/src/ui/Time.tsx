import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dayOf, exactTime, relativeTime } from './relative-time.ts';

/** The clock of the page, which ticks often enough for words like "4 minutes ago" to stay true. */
export function useNow(everyMilliseconds = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}

/** The reader's own variety of the page's language: dates in English differ between London and Boston. */
function useDateLanguage(): string {
  const { i18n } = useTranslation();
  return navigator.languages.find((language) => language.split('-')[0] === i18n.language) ?? i18n.language;
}

type TimeWords = { readonly exact: (at: string) => string; readonly day: (at: string) => string };

/** Dates as text, in the reader's language. */
export function useTimeWords(): TimeWords {
  const language = useDateLanguage();
  return { exact: (at) => exactTime(at, language), day: (at) => dayOf(at, language) };
}

/** An instant such as `12 days ago`, to stand inside a sentence. */
export function useRelativeTime(): (at: string) => string {
  const language = useDateLanguage();
  const now = useNow();
  return (at) => relativeTime(at, now, language);
}

/** An instant in words, with the exact one on hover. */
export function Time({ at }: { readonly at: string }) {
  const say = useRelativeTime();
  const { exact } = useTimeWords();
  return (
    <time dateTime={at} title={exact(at)}>
      {say(at)}
    </time>
  );
}
