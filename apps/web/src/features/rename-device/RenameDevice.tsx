import { Button, Field, Input } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renameDevice } from '../../api/device-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';

type Props = { readonly deviceId: string; readonly name: string };
const longestName = 100;

/** Rename: the name that is shown here. */
export function RenameDevice({ deviceId, name }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="large" onClick={() => setOpen(true)}>
        {t('action.rename')}
      </Button>
      {open ? <RenameDialog deviceId={deviceId} name={name} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RenameDialog({ deviceId, name, onClose }: Props & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [text, setText] = useState(name);
  const [empty, setEmpty] = useState(false);
  const { busy, error, run } = useAction(async () => {
    await renameDevice(deviceId, text.trim());
    await client.invalidateQueries({ queryKey: ['devices'] });
    await client.invalidateQueries({ queryKey: ['device', deviceId] });
    onClose();
  });
  const submit = (): void => {
    if (text.trim() === '') setEmpty(true);
    else run();
  };
  return (
    <FormDialog
      title={t('rename.title')}
      submitLabel={t('rename.save')}
      cancelLabel={t('app.cancel')}
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={t('rename.label')}
        hint={t('rename.hint')}
        validationMessage={empty ? t('rename.empty') : null}
        validationState={empty ? 'error' : 'none'}
      >
        <Input
          size="large"
          value={text}
          maxLength={longestName}
          onChange={(_, data) => {
            setText(data.value);
            setEmpty(false);
          }}
        />
      </Field>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </FormDialog>
  );
}
