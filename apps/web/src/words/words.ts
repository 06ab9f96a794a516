import i18next, { use as plugIn } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { enHelp } from './en/help.ts';
import { en } from './en/portal.ts';

type Extra = { readonly [namespace: string]: Readonly<Record<string, unknown>> };

/** Makes the words ready before the first render; `extra` holds the namespaces that only one entry needs. */
export async function loadWords(extra: Extra = {}): Promise<void> {
  await plugIn(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'translation',
    resources: { en: { translation: en, help: enHelp, ...extra } },
    // React escapes already.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

/** Words that come with a page loaded later, before that page renders. */
export function addWords(namespace: string, words: Readonly<Record<string, unknown>>): void {
  i18next.addResourceBundle('en', namespace, words);
}
