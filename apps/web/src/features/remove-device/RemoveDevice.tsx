import { Button, Field, Input } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { removeDevice } from '../../api/device-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';
import styles from './RemoveDevice.module.css';

type Props = { readonly deviceId: string; readonly name: string };

/** Remove: at the far end of the page, and only after the name has been typed. */
export function RemoveDevice({ deviceId, name }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="large" appearance="subtle" className={styles.danger ?? ''} onClick={() => setOpen(true)}>
        {t('action.remove')}
      </Button>
      {open ? <RemoveDialog deviceId={deviceId} name={name} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RemoveDialog({ deviceId, name, onClose }: Props & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [text, setText] = useState('');
  const [mismatch, setMismatch] = useState(false);
  const { busy, error, run } = useAction(async () => {
    await removeDevice(deviceId);
    await client.invalidateQueries({ queryKey: ['devices'] });
    await client.invalidateQueries({ queryKey: ['device', deviceId] });
    onClose();
  });
  const submit = (): void => {
    if (text.trim().toLocaleLowerCase() === name.trim().toLocaleLowerCase()) run();
    else setMismatch(true);
  };
  return (
    <FormDialog
      title={t('remove.title')}
      submitLabel={t('remove.confirm')}
      cancelLabel={t('app.cancel')}
      busy={busy}
      danger
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{t('remove.body')}</p>
      <Field
        label={t('remove.type', { name })}
        validationMessage={mismatch ? t('remove.mismatch') : null}
        validationState={mismatch ? 'error' : 'none'}
      >
        <Input
          size="large"
          value={text}
          onChange={(_, data) => {
            setText(data.value);
            setMismatch(false);
          }}
        />
      </Field>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </FormDialog>
  );
}
