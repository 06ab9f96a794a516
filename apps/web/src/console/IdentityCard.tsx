import type { Device } from '@keyhaven/api-contract/device';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../api/queries.ts';
import { Card } from '../ui/Card.tsx';
import { Fact, Facts } from '../ui/Facts.tsx';
import { Time } from '../ui/Time.tsx';
import { RevokeIdentity } from './RevokeIdentity.tsx';

/** What this Mac is, and whose. */
export function IdentityCard({ device }: { readonly device: Device }) {
  const { t } = useTranslation(['console', 'translation']);
  const me = useQuery(meQuery);
  const mayRevoke = me.data?.permissions.includes('device:write') === true;
  const { enabled } = device.encryption;
  const disk = enabled === null ? 'fact.unknown' : enabled ? 'fact.encrypted' : 'fact.notEncrypted';
  return (
    <Card title={t('console:identity')}>
      <Facts>
        <Fact name={t('console:column.owner')}>
          {device.owner.name}
          <br />
          <span className="quiet">{device.owner.email}</span>
        </Fact>
        <Fact name={t('console:column.ownership')}>{t(`console:ownership.${device.ownership}`)}</Fact>
        <Fact name={t('translation:fact.model')}>{device.model ?? t('console:unknown')}</Fact>
        <Fact name={t('console:column.serial')}>{device.serialNumber ?? t('console:unknown')}</Fact>
        <Fact name={t('console:column.os')}>{device.osVersion ?? t('console:unknown')}</Fact>
        <Fact name={t('translation:fact.disk')}>{t(`translation:${disk}`)}</Fact>
        <Fact name={t('console:enrollment')}>{t(`console:enrollmentState.${device.enrollment.state}`)}</Fact>
        <Fact name={t('console:profile')}>{t(`console:profileState.${device.fileVaultProfile}`)}</Fact>
        <Fact name={t('console:column.contact')}>
          {device.lastContactAt === null ? t('console:never') : <Time at={device.lastContactAt} />}
        </Fact>
      </Facts>
      {device.fileVaultProfileRefusal === null ? null : (
        <p>{t('console:profileRefused', { words: device.fileVaultProfileRefusal })}</p>
      )}
      {mayRevoke && device.enrollment.state === 'active' ? <RevokeIdentity device={device} /> : null}
    </Card>
  );
}
