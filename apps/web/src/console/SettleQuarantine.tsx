import type { Device } from '@keyhaven/api-contract/device';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { settleQuarantine } from '../api/device-calls.ts';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useAction } from '../ui/use-action.ts';
import { useProblemText } from '../words/use-problem-text.ts';
import styles from './SettleQuarantine.module.css';

export type Decision = 'accept' | 'refuse';
type Props = { readonly device: Device; readonly decision: Decision; readonly onClose: () => void };

/** Asks once more, with everything that the decision brings about. */
export function SettleQuarantine({ device, decision, onClose }: Props) {
  const { t } = useTranslation(['console', 'translation']);
  const client = useQueryClient();
  const problemText = useProblemText();
  const { busy, error, run } = useAction(async () => {
    await settleQuarantine(device.id, decision);
    await client.invalidateQueries({ queryKey: ['devices'] });
    await client.invalidateQueries({ queryKey: ['device'] });
    onClose();
  });
  const owner = device.owner.name;
  return (
    <FormDialog
      title={t(`console:quarantine.${decision}.title`, { owner })}
      submitLabel={t(`console:quarantine.${decision}.confirm`)}
      cancelLabel={t('translation:app.cancel')}
      busy={busy}
      danger
      onSubmit={() => run()}
      onClose={onClose}
    >
      <ul className={styles.points}>
        {t(`console:quarantine.${decision}.does`, { returnObjects: true, owner }).map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </FormDialog>
  );
}
