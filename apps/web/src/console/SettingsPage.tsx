import type { Me } from '@keyhaven/api-contract/person';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery, pushCertificateQuery } from '../api/queries.ts';
import { CompanyMacs } from '../features/company-macs/CompanyMacs.tsx';
import { GetCertificate } from '../features/push-certificate/GetCertificate.tsx';
import { PushCertificateCard } from '../features/push-certificate/PushCertificateCard.tsx';
import { Bones } from '../ui/Bones.tsx';
import { Card } from '../ui/Card.tsx';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page, useTabTitle } from '../ui/Page.tsx';
import { useProblemWords } from '../words/use-problem-text.ts';
import styles from './SettingsPage.module.css';

/** What holds for all Macs: Apple's push certificate, and which Macs are the company's. */
export function SettingsPage() {
  const { t } = useTranslation(['settings', 'console']);
  useTabTitle(`${t('settings:title')} · ${t('console:title')}`);
  const me = useQuery(meQuery);
  const may = (permission: Me['permissions'][number]): boolean =>
    me.data?.permissions.includes(permission) === true;
  return (
    <Page title={t('settings:title')}>
      <div className={styles.columns}>
        <div className={styles.column}>
          {may('settings:write') ? (
            <Push />
          ) : (
            <Card title={t('settings:push.title')}>
              <p>{t('settings:push.notYours')}</p>
            </Card>
          )}
        </div>
        <div className={styles.column}>
          <CompanyMacs mayChange={may('device:write')} />
        </div>
      </div>
    </Page>
  );
}

function Push() {
  const { t } = useTranslation();
  const problemWords = useProblemWords();
  const certificate = useQuery(pushCertificateQuery);
  return (
    <Loaded
      query={certificate}
      waiting={<Bones label={t('app.loading')} />}
      failed={(error, retry) => (
        <ErrorBox {...problemWords(error)} retry={{ label: t('problem.tryAgain'), onRetry: retry }} />
      )}
    >
      {(data) => (
        <>
          <PushCertificateCard certificate={data} />
          <GetCertificate state={data.state} />
        </>
      )}
    </Loaded>
  );
}
