import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { Time } from '../../ui/Time.tsx';
import { AccessLine } from './AccessLine.tsx';

type Props = { readonly device: Device; readonly mine: boolean };

/** The quiet rows of a Mac's page. */
export function DeviceFacts({ device, mine }: Props) {
  const { t } = useTranslation();
  const { enabled } = device.encryption;
  const disk = enabled === null ? t('fact.unknown') : enabled ? t('fact.encrypted') : t('fact.notEncrypted');
  const belongs =
    device.ownership === 'corporate'
      ? t('fact.corporate')
      : mine
        ? t('fact.personal')
        : t('fact.personalOther');
  return (
    <Facts>
      <Fact name={t('access.label')}>
        <AccessLine access={device.access} withReasons />
      </Fact>
      <Fact name={t('fact.disk')}>{disk}</Fact>
      <Fact name={t('fact.seen')}>
        {device.lastContactAt === null ? t('fact.never') : <Time at={device.lastContactAt} />}
      </Fact>
      <Fact name={t('fact.owner')}>{device.owner.name}</Fact>
      <Fact name={t('fact.ownership')}>{belongs}</Fact>
      <Fact name={t('fact.serial')}>{device.serialNumber ?? t('fact.unknown')}</Fact>
      <Fact name={t('fact.model')}>{device.model ?? t('fact.unknown')}</Fact>
      <Fact name={t('fact.os')}>{device.osVersion ?? t('fact.unknown')}</Fact>
    </Facts>
  );
}
