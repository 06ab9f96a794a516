import { Button } from '@fluentui/react-components';
import type { Device } from '@keyhaven/api-contract/device';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deviceQuery, meQuery } from '../api/queries.ts';
import { Banner } from '../ui/Banner.tsx';
import { ButtonRow } from '../ui/ButtonRow.tsx';
import { Card } from '../ui/Card.tsx';
import { ClaimedMac } from './ClaimedMac.tsx';
import { type Decision, SettleQuarantine } from './SettleQuarantine.tsx';

/** A Mac that says it is one of somebody else's: who claims what, and what each answer of IT does. */
export function QuarantineCard({ device }: { readonly device: Device }) {
  const { t } = useTranslation('console');
  const me = useQuery(meQuery);
  const [asked, setAsked] = useState<Decision | null>(null);
  const claims = device.claimsDeviceId;
  const claimed = useQuery({ ...deviceQuery(claims ?? ''), enabled: claims !== null });
  const mayDecide = me.data?.permissions.includes('device:write') === true;
  const mine = me.data?.id === device.owner.id;
  return (
    <Card title={t('quarantine.title')}>
      <Banner tone="warning">
        <p>{t('quarantine.what', { owner: device.owner.name })}</p>
        <p>{t('quarantine.safe')}</p>
      </Banner>
      {claimed.data === undefined ? <p>{t('quarantine.unseen')}</p> : <ClaimedMac mac={claimed.data} />}
      {mayDecide && !mine ? (
        <>
          <p>{t('quarantine.advice', { owner: device.owner.name })}</p>
          <ButtonRow>
            <Button onClick={() => setAsked('accept')}>{t('quarantine.accept.button')}</Button>
            <Button onClick={() => setAsked('refuse')}>{t('quarantine.refuse.button')}</Button>
          </ButtonRow>
        </>
      ) : (
        <p>{mine ? t('quarantine.own') : t('quarantine.notYours')}</p>
      )}
      {asked === null ? null : (
        <SettleQuarantine device={device} decision={asked} onClose={() => setAsked(null)} />
      )}
    </Card>
  );
}
