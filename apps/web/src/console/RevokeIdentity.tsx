import { Button } from '@fluentui/react-components';
import type { Device } from '@keyhaven/api-contract/device';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { revokeIdentity } from '../api/device-calls.ts';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useAction } from '../ui/use-action.ts';
import { useProblemText } from '../words/use-problem-text.ts';

/** Revoke certificate: for a certificate that may be in other hands. */
export function RevokeIdentity({ device }: { readonly device: Device }) {
  const { t } = useTranslation('console');
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button onClick={() => setOpen(true)}>{t('revoke.button')}</Button>
      {open ? <RevokeDialog device={device} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function RevokeDialog({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const { t } = useTranslation(['console', 'translation']);
  const client = useQueryClient();
  const problemText = useProblemText();
  const { busy, error, run } = useAction(async () => {
    await revokeIdentity(device.id);
    await client.invalidateQueries({ queryKey: ['devices'] });
    await client.invalidateQueries({ queryKey: ['device', device.id] });
    onClose();
  });
  return (
    <FormDialog
      title={t('console:revoke.title', { name: device.name })}
      submitLabel={t('console:revoke.confirm')}
      cancelLabel={t('translation:app.cancel')}
      busy={busy}
      danger
      onSubmit={() => run()}
      onClose={onClose}
    >
      <p>{t('console:revoke.body')}</p>
      <p>{t('console:revoke.keys')}</p>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </FormDialog>
  );
}
