import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { isOpen } from '../../api/open-attempt.ts';
import { Mark } from '../../ui/Mark.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { keyLineOf, keyTone } from '../../words/key-words.ts';
import styles from './DeviceCard.module.css';

/** The state of the key in words, with its icon and colour. */
export function KeyLineText({ device }: { readonly device: Device }) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  const line = keyLineOf(device);
  const { attempt, recoveryKey } = device;
  const proved =
    line === 'stored' && recoveryKey.provenAt !== null
      ? ` · ${t('key.stored.proved', { when: say(recoveryKey.provenAt) })}`
      : '';
  if (attempt !== null && isOpen(attempt) && attempt.state !== 'uncertain')
    return (
      <p className={styles.line}>
        <Mark tone="busy" />
        <span>{t(`attempt.${attempt.kind}`)}</span>
      </p>
    );
  return (
    <p className={styles.line}>
      <Mark tone={keyTone(line)} />
      <span>
        {t(`key.${line}.title`)}
        {proved}
      </span>
    </p>
  );
}
