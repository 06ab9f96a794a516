import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card.tsx';
import { ChangeList } from './ChangeList.tsx';
import { SerialNumberTable } from './SerialNumberTable.tsx';

/** IT's list of company-owned serial numbers. */
export function CompanyMacs({ mayChange }: { readonly mayChange: boolean }) {
  const { t } = useTranslation('settings');
  return (
    <Card title={t('macs.title')}>
      <p>{t('macs.lead')}</p>
      {mayChange ? <ChangeList /> : null}
      <SerialNumberTable mayChange={mayChange} />
    </Card>
  );
}
