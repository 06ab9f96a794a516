import { ChevronRightRegular } from '@fluentui/react-icons/svg/chevron-right';
import { LaptopRegular } from '@fluentui/react-icons/svg/laptop';
import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { AccessLine } from './AccessLine.tsx';
import styles from './DeviceCard.module.css';
import { KeyLineText } from './KeyLineText.tsx';

/** One Mac in the list; the whole card opens its page. */
export function DeviceCard({ device }: { readonly device: Device }) {
  const { t } = useTranslation();
  const model = [
    device.model ?? t('macs.unknownModel'),
    device.osVersion === null ? null : `macOS ${device.osVersion}`,
  ];
  return (
    <li className={styles.card}>
      <LaptopRegular aria-hidden className={styles.icon ?? ''} />
      <div className={styles.facts}>
        <h2 className={styles.name}>
          <Link href={`/devices/${device.id}`} className={styles.link}>
            {device.name}
          </Link>
        </h2>
        <p className={styles.model}>{model.filter((part) => part !== null).join(' · ')}</p>
        <KeyLineText device={device} />
        <AccessLine access={device.access} />
      </div>
      <ChevronRightRegular aria-hidden className={styles.chevron ?? ''} />
    </li>
  );
}
