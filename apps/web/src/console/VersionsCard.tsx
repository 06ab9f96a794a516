import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { versionsQuery } from '../api/queries.ts';
import { Card } from '../ui/Card.tsx';
import { Table } from '../ui/Table.tsx';
import { Time } from '../ui/Time.tsx';

/** Every key version that is held, newest first, and never a key. */
export function VersionsCard({ deviceId }: { readonly deviceId: string }) {
  const { t } = useTranslation('console');
  const versions = useQuery(versionsQuery(deviceId));
  if (versions.data === undefined) return null;
  const items = versions.data.items.toSorted((one, other) => other.version - one.version);
  const columns = ['version', 'state', 'source', 'stored', 'proved'] as const;
  return (
    <Card title={t('versions')}>
      {items.length === 0 ? (
        <p>{t('noVersions')}</p>
      ) : (
        <Table label={t('versions')} columns={columns.map((column) => t(`column.${column}`))}>
          {items.map((item) => (
            <tr key={item.version}>
              <th scope="row">{item.version}</th>
              <td>{t(`keyState.${item.state}`)}</td>
              <td>{t(`keySource.${item.source}`)}</td>
              <td>
                <Time at={item.storedAt} />
              </td>
              <td>{item.provenAt === null ? t('never') : <Time at={item.provenAt} />}</td>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}
