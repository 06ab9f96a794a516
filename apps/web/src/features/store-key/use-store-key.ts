import type { Attempt } from '@keyhaven/api-contract/attempt';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { storeRecoveryKey } from '../../api/device-calls.ts';
import { hasCode } from '../../api/problem-error.ts';
import { sameKey } from './key-text.ts';
import { useFaultText } from './use-fault-text.ts';

export type Box = 'key' | 'confirmation';
type Texts = Readonly<Record<Box, string>>;
type Errors = Readonly<Record<Box, string | null>>;
const empty: Texts = { key: '', confirmation: '' };
const noErrors: Errors = { key: null, confirmation: null };

type StoreKey = {
  readonly texts: Texts;
  readonly errors: Errors;
  /** What the server said, when it belongs to neither box. */
  readonly refusal: unknown;
  readonly saving: boolean;
  readonly type: (box: Box, text: string) => void;
  /** Judges a box that is being left; an empty one is left in peace. */
  readonly leave: (box: Box) => void;
  readonly save: () => Promise<void>;
};

/**
 * What stands in the two boxes: in this state only, and gone when the page is left.
 * @param onFault which box to look at first, after a save that was refused
 */
export function useStoreKey(
  deviceId: string,
  onStored: (attempt: Attempt) => void,
  onFault: (box: Box) => void,
): StoreKey {
  const judge = useJudge();
  const [texts, setTexts] = useState(empty);
  const [errors, setErrors] = useState(noErrors);
  const [refusal, setRefusal] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  useForgetWhenLeft(() => setTexts(empty));

  const show = (next: Errors): boolean => {
    setErrors(next);
    if (next.key !== null) onFault('key');
    else if (next.confirmation !== null) onFault('confirmation');
    return next.key === null && next.confirmation === null;
  };
  const save = async (): Promise<void> => {
    setRefusal(null);
    if (saving || !show(judge.both(texts))) return;
    setSaving(true);
    try {
      onStored(await storeRecoveryKey(deviceId, texts.key, texts.confirmation));
    } catch (error) {
      const atBoxes = judge.refused(error);
      if (atBoxes === null) setRefusal(error);
      else show(atBoxes);
    } finally {
      setSaving(false);
    }
  };
  const type = (box: Box, text: string): void => {
    setTexts((now) => ({ ...now, [box]: text }));
    // A change to the first box may also settle the second; a change to the second says nothing about the first.
    setErrors((now) => (box === 'key' ? noErrors : { ...now, confirmation: null }));
  };
  const leave = (box: Box): void => {
    if (texts[box] !== '') setErrors((now) => ({ ...now, [box]: judge.both(texts)[box] }));
  };
  return { texts, errors, refusal, saving, type, leave, save };
}

type Judge = {
  readonly both: (texts: Texts) => Errors;
  /** The boxes that a refusal of the server belongs to, or null. */
  readonly refused: (error: unknown) => Errors | null;
};

function useJudge(): Judge {
  const { t } = useTranslation();
  const faultText = useFaultText();
  const mismatch: Errors = { key: null, confirmation: t('message.keysMustMatch') };
  return {
    both: ({ key, confirmation }) => ({
      key: faultText(key),
      confirmation: sameKey(key, confirmation) ? null : mismatch.confirmation,
    }),
    refused: (error) => {
      if (hasCode(error, 'keys-must-match')) return mismatch;
      return hasCode(error, 'malformed-recovery-key')
        ? { key: t('store.malformed'), confirmation: null }
        : null;
    },
  };
}

/** A page kept for the Back button would keep what was typed. */
function useForgetWhenLeft(forget: () => void): void {
  useEffect(() => {
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  });
}
