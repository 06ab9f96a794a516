import { Button, Field, Textarea } from '@fluentui/react-components';
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { rotateRecoveryKey } from '../../api/device-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';
import styles from './RotateKey.module.css';

type Props = { readonly deviceId: string; readonly main?: boolean; readonly withReason?: boolean };

/**
 * Rotate recovery key: asks the Mac at once. Nobody sees a key on the way, the key before counts until the new one is
 * saved, and until the Mac answers it can be cancelled; so nothing asks "are you sure".
 */
export function RotateKey({ deviceId, main = false, withReason = false }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const { busy, error, run } = useAction(async () => {
    await rotateRecoveryKey(deviceId, reason.trim() === '' ? undefined : reason.trim());
    setReason('');
    await client.invalidateQueries({ queryKey: ['device', deviceId] });
    await client.invalidateQueries({ queryKey: ['devices'] });
  });
  return (
    <div className={styles.rotate}>
      {withReason ? (
        <Field label={t('rotate.reason')} className={styles.reason ?? ''}>
          <Textarea value={reason} maxLength={500} rows={2} onChange={(_, data) => setReason(data.value)} />
        </Field>
      ) : null}
      <Button
        size="large"
        appearance={main ? 'primary' : 'secondary'}
        icon={<ArrowSyncRegular />}
        disabledFocusable={busy}
        onClick={() => run()}
      >
        {t('action.rotate')}
      </Button>
      <p className="quiet">{t('rotate.body')}</p>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </div>
  );
}
