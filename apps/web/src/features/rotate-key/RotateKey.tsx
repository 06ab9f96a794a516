import { Button, Field, Textarea } from '@fluentui/react-components';
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { rotateRecoveryKey } from '../../api/device-calls.ts';
import { ButtonRow } from '../../ui/ButtonRow.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';

type Props = { readonly deviceId: string; readonly main?: boolean; readonly withReason?: boolean };

/** Rotate recovery key: says what will happen, then asks the Mac. Nobody sees a key on the way. */
export function RotateKey({ deviceId, main = false, withReason = false }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="large"
        appearance={main ? 'primary' : 'secondary'}
        icon={<ArrowSyncRegular />}
        onClick={() => setOpen(true)}
      >
        {t('action.rotate')}
      </Button>
      {open ? (
        <RotateDialog deviceId={deviceId} withReason={withReason} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

type DialogProps = { readonly deviceId: string; readonly withReason: boolean; readonly onClose: () => void };

function RotateDialog({ deviceId, withReason, onClose }: DialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const { busy, error, run } = useAction(async () => {
    await rotateRecoveryKey(deviceId, reason.trim() === '' ? undefined : reason.trim());
    await client.invalidateQueries({ queryKey: ['device', deviceId] });
    onClose();
  });
  return (
    <Dialog title={t('rotate.title')} onClose={onClose}>
      <p>{t('rotate.body')}</p>
      <p>{t('rotate.atLock')}</p>
      {withReason ? (
        <Field label={t('rotate.reason')}>
          <Textarea value={reason} maxLength={500} rows={2} onChange={(_, data) => setReason(data.value)} />
        </Field>
      ) : null}
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
      <ButtonRow>
        <Button size="large" appearance="primary" disabledFocusable={busy} onClick={() => run()}>
          {t('rotate.confirm')}
        </Button>
        <Button size="large" onClick={onClose}>
          {t('app.cancel')}
        </Button>
      </ButtonRow>
    </Dialog>
  );
}
