import type { Attempt } from '@keyhaven/api-contract/attempt';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../ui/Announcer.tsx';
import { isFailureToTell } from '../../words/failure-words.ts';

const storageKey = (attemptId: string): string => `keyhaven.failure-told.${attemptId}`;

/**
 * Whether to show the toast: when an attempt fails while the page is open, or is found failed on return; once an
 * attempt and tab. Attempt ids are no secret.
 */
export function useFailureToast(attempt: Attempt | null): {
  readonly open: boolean;
  readonly close: () => void;
} {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const [shownFor, setShownFor] = useState<string | null>(null);
  const id = attempt?.id ?? null;
  const failed = attempt?.state === 'failed' && isFailureToTell(attempt.reason);
  const saved = attempt?.state === 'saved';
  useEffect(() => {
    if (saved) announce(t('attempt.announceSaved'));
  }, [announce, saved, t]);
  useEffect(() => {
    if (!failed || id === null || window.sessionStorage.getItem(storageKey(id)) !== null) return;
    window.sessionStorage.setItem(storageKey(id), '1');
    setShownFor(id);
  }, [failed, id]);
  return { open: shownFor !== null && shownFor === id, close: () => setShownFor(null) };
}
