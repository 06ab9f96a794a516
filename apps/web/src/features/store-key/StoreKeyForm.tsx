import { Button } from '@fluentui/react-components';
import type { Attempt } from '@keyhaven/api-contract/attempt';
import { type FormEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useProblemWords } from '../../words/use-problem-text.ts';
import { KeyBox } from './KeyBox.tsx';
import { lookAlikes } from './key-text.ts';
import styles from './StoreKeyForm.module.css';
import { useStoreKey } from './use-store-key.ts';

type Props = { readonly deviceId: string; readonly onStored: (attempt: Attempt) => void };

/** The two boxes and Save. */
export function StoreKeyForm({ deviceId, onStored }: Props) {
  const { t } = useTranslation();
  const problemWords = useProblemWords();
  const boxes = { key: useRef<HTMLInputElement>(null), confirmation: useRef<HTMLInputElement>(null) };
  const form = useStoreKey(deviceId, onStored, (box) => boxes[box].current?.focus());
  const odd = lookAlikes(form.texts.key);
  const labels = { key: t('store.key'), confirmation: t('store.confirm') };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void form.save();
  };
  return (
    <form className={styles.form} noValidate autoComplete="off" onSubmit={submit}>
      {(['key', 'confirmation'] as const).map((box) => (
        <KeyBox
          key={box}
          label={labels[box]}
          value={form.texts[box]}
          error={form.errors[box]}
          hint={
            box === 'key' && odd.length > 0 ? t('store.lookAlikes', { characters: odd.join(', ') }) : null
          }
          onChange={(text) => form.type(box, text)}
          onBlur={() => form.leave(box)}
          inputRef={boxes[box]}
        />
      ))}
      {form.refusal === null ? null : <ErrorBox {...problemWords(form.refusal)} />}
      <Button type="submit" appearance="primary" size="large" disabledFocusable={form.saving}>
        {form.saving ? t('store.saving') : t('store.save')}
      </Button>
    </form>
  );
}
