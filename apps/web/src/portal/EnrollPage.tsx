import type { CreatedEnrollment, EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { portalQuery } from '../api/queries.ts';
import { Arrival } from '../features/enroll-mac/Arrival.tsx';
import { Arrived } from '../features/enroll-mac/Arrived.tsx';
import { DownloadProfile } from '../features/enroll-mac/DownloadProfile.tsx';
import { EnrollOutcome } from '../features/enroll-mac/EnrollOutcome.tsx';
import { InstallProfile } from '../features/enroll-mac/InstallProfile.tsx';
import { Section } from '../features/enroll-mac/Section.tsx';
import { useEnrollment } from '../features/enroll-mac/use-enrollment.ts';
import { WhatItMeans } from '../features/enroll-mac/WhatItMeans.tsx';
import { useAnnounce } from '../ui/Announcer.tsx';
import { Bones } from '../ui/Bones.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { Page } from '../ui/Page.tsx';
import { enEnroll } from '../words/en/enroll.ts';
import { enrollEndOf } from '../words/enroll-steps.ts';
import { addWords } from '../words/words.ts';
import { BackLink } from './BackLink.tsx';
import { Contact } from './Contact.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { usePortalTitle } from './use-portal-title.ts';

addWords('enroll', enEnroll);

/** Enroll this Mac, in steps on one page: what it means, the profile, installing it, and the Mac's arrival. */
export function EnrollPage() {
  const { t } = useTranslation(['enroll', 'translation']);
  usePortalTitle(t('enroll:title'));
  const portal = useQuery(portalQuery);
  const { id, progress, unknown, error, follow, startOver, lookAgain } = useEnrollment();
  useAnnounceProgress(progress?.state);
  if (id !== null && progress === null && error !== null && !unknown)
    return <LoadFailed error={error} onRetry={lookAgain} />;
  const end = unknown ? 'unknown' : progress === null ? null : enrollEndOf(progress);
  return (
    <Page title={t('enroll:title')} above={<BackLink href="/" label={t('translation:app.myMacs')} />}>
      {id === null ? <p>{t('enroll:lead', { organization: portal.data?.organizationName ?? '' })}</p> : null}
      {end !== null ? (
        <EnrollOutcome end={end} onRestart={startOver} contact={<Contact />} />
      ) : id !== null && progress === null ? (
        <Bones label={t('translation:app.loading')} />
      ) : progress?.state === 'live' && progress.deviceId !== null ? (
        <Arrived deviceId={progress.deviceId} />
      ) : (
        <Steps progress={progress} onBegun={follow} />
      )}
    </Page>
  );
}

type StepsProps = {
  readonly progress: EnrollmentProgress | null;
  readonly onBegun: (enrollment: CreatedEnrollment) => void;
};

/** What comes first folds away once it is done; what comes later is not there before its time. */
function Steps({ progress, onBegun }: StepsProps) {
  const { t } = useTranslation('enroll');
  const begun = progress !== null;
  const installed = progress?.state === 'identified' || progress?.state === 'arrived';
  const again = <DownloadProfile begun={begun} onBegun={onBegun} contact={<Contact />} />;
  return (
    <>
      <Section number={1} title={t('means.title')} done={begun}>
        {begun ? (
          <Disclosure label={t('showAgain')}>
            <div className="stack">
              <WhatItMeans />
            </div>
          </Disclosure>
        ) : (
          <WhatItMeans />
        )}
      </Section>
      <Section number={2} title={t('get.title')} done={begun && progress.state !== 'offered'}>
        {installed ? null : again}
      </Section>
      {begun ? (
        <>
          <Section number={3} title={t('install.title')} done={installed}>
            {installed ? null : <InstallProfile />}
          </Section>
          <Section number={4} title={t('arrive.title')}>
            <Arrival state={progress.state} />
          </Section>
        </>
      ) : null}
    </>
  );
}

/** Says how far it is to people who listen to the page. */
function useAnnounceProgress(state: EnrollmentProgress['state'] | undefined): void {
  const { t } = useTranslation('enroll');
  const announce = useAnnounce();
  const sentence =
    state === 'identified'
      ? t('arrive.identified')
      : state === 'arrived' || state === 'live'
        ? t('arrive.arrived')
        : state === 'offered' || state === 'downloaded'
          ? t('arrive.waiting')
          : '';
  useEffect(() => announce(sentence), [announce, sentence]);
}
