import { Button, Field, Textarea } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './ReasonForm.module.css';

type Props = { readonly asking: boolean; readonly onReason: (reason: string) => void };
const shortest = 8;
const longest = 500;

/** The reason that IT gives before it sees a key. */
export function ReasonForm({ asking, onReason }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const given = reason.trim();
    if (given.length < shortest) setError(t('reveal.reasonShort'));
    else if (!asking) onReason(given);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={t('reveal.reason')}
        hint={t('reveal.reasonHint')}
        validationMessage={error}
        validationState={error === null ? 'none' : 'error'}
      >
        <Textarea
          value={reason}
          maxLength={longest}
          rows={2}
          onChange={(_, data) => {
            setReason(data.value);
            setError(null);
          }}
        />
      </Field>
      <Button type="submit" appearance="primary" icon={<KeyRegular />} disabledFocusable={asking}>
        {asking ? t('reveal.getting') : t('action.get')}
      </Button>
    </form>
  );
}
