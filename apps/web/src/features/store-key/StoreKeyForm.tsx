import { Button } from '@fluentui/react-components';
import type { Attempt } from '@keyhaven/api-contract/attempt';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { storeRecoveryKey } from '../../api/device-calls.ts';
import { hasCode } from '../../api/problem-error.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { problemDetail, useProblemText } from '../../words/use-problem-text.ts';
import { KeyBox } from './KeyBox.tsx';
import { lookAlikes, sameKey } from './key-text.ts';
import styles from './StoreKeyForm.module.css';
import { useFaultText } from './use-fault-text.ts';

type Props = { readonly deviceId: string; readonly onStored: (attempt: Attempt) => void };
type Errors = { readonly key: string | null; readonly confirmation: string | null };
const noErrors: Errors = { key: null, confirmation: null };

/** The two boxes and Save. What is typed lives in this component's state only, and goes when the page is left. */
export function StoreKeyForm({ deviceId, onStored }: Props) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const faultText = useFaultText();
  const [key, setKey] = useState('');
  const [confirmation, setConfirmation] = useState('');
  const [errors, setErrors] = useState(noErrors);
  const [refusal, setRefusal] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const keyBox = useRef<HTMLInputElement>(null);
  const confirmationBox = useRef<HTMLInputElement>(null);

  useEffect(() => {
    // A page kept for the Back button would keep what was typed.
    const forget = (): void => {
      setKey('');
      setConfirmation('');
    };
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);

  const mismatch = (): string | null => (sameKey(key, confirmation) ? null : t('message.keysMustMatch'));
  const show = (next: Errors): boolean => {
    setErrors(next);
    if (next.key !== null) keyBox.current?.focus();
    else if (next.confirmation !== null) confirmationBox.current?.focus();
    return next.key === null && next.confirmation === null;
  };
  const onRefused = (error: unknown): void => {
    if (hasCode(error, 'keys-must-match')) show({ key: null, confirmation: t('message.keysMustMatch') });
    else if (hasCode(error, 'malformed-recovery-key'))
      show({ key: t('store.malformed'), confirmation: null });
    else setRefusal(error);
  };
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setRefusal(null);
    if (saving || !show({ key: faultText(key), confirmation: mismatch() })) return;
    setSaving(true);
    try {
      onStored(await storeRecoveryKey(deviceId, key, confirmation));
    } catch (error) {
      onRefused(error);
    } finally {
      setSaving(false);
    }
  };

  const odd = lookAlikes(key);
  return (
    <form className={styles.form} noValidate autoComplete="off" onSubmit={(event) => void save(event)}>
      <KeyBox
        label={t('store.key')}
        value={key}
        error={errors.key}
        hint={odd.length === 0 ? null : t('store.lookAlikes', { characters: odd.join(', ') })}
        onChange={(text) => {
          setKey(text);
          setErrors(noErrors);
        }}
        onBlur={() => setErrors((now) => ({ ...now, key: key === '' ? null : faultText(key) }))}
        inputRef={keyBox}
      />
      <KeyBox
        label={t('store.confirm')}
        value={confirmation}
        error={errors.confirmation}
        hint={null}
        onChange={(text) => {
          setConfirmation(text);
          setErrors((now) => ({ ...now, confirmation: null }));
        }}
        onBlur={() => setErrors((now) => ({ ...now, confirmation: confirmation === '' ? null : mismatch() }))}
        inputRef={confirmationBox}
      />
      {refusal === null ? null : (
        <ErrorBox
          sentence={problemText(refusal)}
          detail={
            problemDetail(refusal) === null
              ? null
              : { label: t('problem.details'), text: problemDetail(refusal) ?? '' }
          }
        />
      )}
      <Button type="submit" appearance="primary" size="large" disabledFocusable={saving}>
        {saving ? t('store.saving') : t('store.save')}
      </Button>
    </form>
  );
}
