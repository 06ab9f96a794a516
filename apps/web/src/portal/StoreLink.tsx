import { Button } from '@fluentui/react-components';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

/** Store recovery key: a button, as its name is relied on, that leads to the page with the two boxes. */
export function StoreLink({
  deviceId,
  main = false,
}: {
  readonly deviceId: string;
  readonly main?: boolean;
}) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  return (
    <Button
      size="large"
      appearance={main ? 'primary' : 'secondary'}
      onClick={() => go(`/devices/${deviceId}/store`)}
    >
      {t('action.store')}
    </Button>
  );
}
