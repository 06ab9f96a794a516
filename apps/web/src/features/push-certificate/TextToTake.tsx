import { Button, Field, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ButtonRow } from '../../ui/ButtonRow.tsx';
import styles from './Push.module.css';
import { saveText } from './save-text.ts';

type Props = { readonly label: string; readonly text: string; readonly fileName: string | null };

/** Text to take along: to copy, or to save where it has a name. */
export function TextToTake({ label, text, fileName }: Props) {
  const { t } = useTranslation('settings');
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <>
      <Field label={label}>
        <Textarea readOnly rows={6} className={styles.text ?? ''} value={text} />
      </Field>
      <ButtonRow>
        {fileName === null ? null : (
          <Button appearance="primary" onClick={() => saveText(text, fileName)}>
            {t('push.get.save')}
          </Button>
        )}
        <Button onClick={() => void copy().catch(() => undefined)}>
          {copied ? t('push.get.copied') : t('push.get.copy')}
        </Button>
      </ButtonRow>
    </>
  );
}
