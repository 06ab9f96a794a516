import { Button, Field, Input } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { removeDevice } from '../../api/device-calls.ts';
import { ButtonRow } from '../../ui/ButtonRow.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim().toLocaleLowerCase() !== name.trim().toLocaleLowerCase()) setMismatch(true);
    else run();
  };
  return (
    <Dialog title={t('remove.title')} onClose={onClose}>
      <p>{t('remove.body')}</p>
      <form className="stack" onSubmit={submit} noValidate autoComplete="off">
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
        <ButtonRow>
          <Button size="large" onClick={onClose}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" size="large" className={styles.danger ?? ''} disabledFocusable={busy}>
            {t('remove.confirm')}
          </Button>
        </ButtonRow>
      </form>
    </Dialog>
  );
}
