import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { myDevicesQuery, noticesQuery } from '../api/queries.ts';
import { DeviceCard } from '../features/device-card/DeviceCard.tsx';
import { Notices } from '../features/notices/Notices.tsx';
import { Bones } from '../ui/Bones.tsx';
import { Card } from '../ui/Card.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page } from '../ui/Page.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import styles from './MyMacsPage.module.css';
import { usePortalTitle } from './use-portal-title.ts';

/** The list of a person's Macs, with what is new on top. */
export function MyMacsPage() {
  const { t } = useTranslation();
  usePortalTitle(t('macs.title'));
  const devices = useQuery(myDevicesQuery);
  const notices = useQuery(noticesQuery);
  return (
    <Loaded
      query={devices}
      waiting={
        <Page title={t('macs.title')}>
          <Bones label={t('app.loading')} />
        </Page>
      }
      failed={(error, retry) => <LoadFailed error={error} onRetry={retry} />}
    >
      {({ items }) => (
        <Page title={t('macs.title')}>
          <Notices notices={notices.data?.items ?? []} linked />
          {items.length === 0 ? (
            <NoMac />
          ) : (
            <>
              <ul className={styles.list}>
                {items.map((device) => (
                  <DeviceCard key={device.id} device={device} />
                ))}
              </ul>
              <p>
                <Link href="/enroll" className={styles.another}>
                  {t('macs.another')}
                </Link>
              </p>
            </>
          )}
        </Page>
      )}
    </Loaded>
  );
}

function NoMac() {
  const { t } = useTranslation();
  return (
    <Card title={t('macs.emptyTitle')}>
      <p>{t('macs.empty')}</p>
      <div>
        <Link href="/enroll" asChild>
          <Button as="a" size="large" appearance="primary">
            {t('macs.enroll')}
          </Button>
        </Link>
      </div>
    </Card>
  );
}
