import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Mark } from '../ui/Mark.tsx';
import { Table } from '../ui/Table.tsx';
import { Time } from '../ui/Time.tsx';
import { keyLineOf, keyTone } from '../words/key-words.ts';
import { ConcernTags } from './ConcernTags.tsx';
import styles from './DeviceTable.module.css';

/** A dense table, a row a Mac. */
export function DeviceTable({ devices }: { readonly devices: readonly Device[] }) {
  const { t } = useTranslation('console');
  const columns = ['name', 'key', 'concerns', 'ownership', 'owner', 'serial', 'os', 'contact'] as const;
  return (
    <Table label={t('devices')} columns={columns.map((column) => t(`column.${column}`))}>
      {devices.map((device) => (
        <tr key={device.id}>
          <th scope="row">
            <Link href={`/console/devices/${device.id}`} className={styles.name}>
              {device.name}
            </Link>
          </th>
          <td>
            <KeyState device={device} />
          </td>
          <td>
            <ConcernTags concerns={device.concerns} />
          </td>
          <td>{t(`ownership.${device.ownership}`)}</td>
          <td>{device.owner.name}</td>
          <td>{device.serialNumber ?? t('unknown')}</td>
          <td>{device.osVersion ?? t('unknown')}</td>
          <td>{device.lastContactAt === null ? t('never') : <Time at={device.lastContactAt} />}</td>
        </tr>
      ))}
    </Table>
  );
}

/** The state of the key with its icon and colour, and why on hover. */
export function KeyState({ device }: { readonly device: Device }) {
  const { t } = useTranslation(['console', 'translation']);
  const line = keyLineOf(device);
  return (
    <span className={styles.state} title={t(`translation:key.${line}.title`)}>
      <Mark tone={keyTone(line)} />
      {t(`console:line.${line}`)}
    </span>
  );
}
