import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { myDevicesQuery } from '../api/queries.ts';
import { EnrollMac } from '../features/enroll-mac/EnrollMac.tsx';
import { useAnnounce } from '../ui/Announcer.tsx';
import { Banner } from '../ui/Banner.tsx';
import { Card } from '../ui/Card.tsx';
import { Page } from '../ui/Page.tsx';
import { BackLink } from './BackLink.tsx';
import styles from './EnrollPage.module.css';
import { usePortalTitle } from './use-portal-title.ts';

/** Enroll this Mac: the profile, the steps, and what it means. */
export function EnrollPage() {
  const { t } = useTranslation();
  usePortalTitle(t('enroll.title'));
  const [prepared, setPrepared] = useState(false);
  const steps = t('enroll.steps', { returnObjects: true });
  return (
    <Page title={t('enroll.title')} above={<BackLink href="/" label={t('app.myMacs')} />}>
      <p>{t('enroll.lead')}</p>
      <Card title={t('enroll.stepsTitle')}>
        <ol className={styles.steps}>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <EnrollMac onPrepared={() => setPrepared(true)} />
        {prepared ? <Arrival /> : null}
      </Card>
      <Card title={t('enroll.canTitle')}>
        <Points points={t('enroll.can', { returnObjects: true })} />
      </Card>
      <Card title={t('enroll.cannotTitle')}>
        <Points points={t('enroll.cannot', { returnObjects: true })} />
      </Card>
    </Page>
  );
}

function Points({ points }: { readonly points: readonly string[] }) {
  return (
    <ul className={styles.points}>
      {points.map((point) => (
        <li key={point}>{point}</li>
      ))}
    </ul>
  );
}

const lookMilliseconds = 3000;

/** Looks until a Mac is there that was not there, or not active, before. */
function Arrival() {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const { data } = useQuery({ ...myDevicesQuery, refetchInterval: lookMilliseconds });
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null);
  const active = data?.items.filter((device) => device.enrollment.state === 'active');
  if (before === null && active !== undefined) setBefore(new Set(active.map((device) => device.id)));
  const arrived = before === null ? undefined : active?.find((device) => !before.has(device.id));
  const sentence = arrived === undefined ? t('enroll.waiting') : t('enroll.arrived');
  useEffect(() => announce(sentence), [announce, sentence]);
  return (
    <Banner tone={arrived === undefined ? 'busy' : 'good'}>
      <p>{sentence}</p>
      {arrived === undefined ? null : (
        <Link href={`/devices/${arrived.id}`}>{t('enroll.open', { name: arrived.name })}</Link>
      )}
    </Banner>
  );
}
