import type { PushCertificate, PushCertificateRequest } from '@keyhaven/api-contract/push-certificate';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearchParams } from 'wouter';
import { Card } from '../../ui/Card.tsx';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { AnswerForm } from './AnswerForm.tsx';
import { mdmcertCommand } from './mdmcert-command.ts';
import styles from './Push.module.css';
import { RequestForm } from './RequestForm.tsx';
import { TextToTake } from './TextToTake.tsx';
import { UploadForm } from './UploadForm.tsx';

const apple = 'https://identity.apple.com/pushcert';

/** The way to a certificate, from the request to its use. The mail takes a while: the address keeps which request it was. */
export function GetCertificate({ state }: { readonly state: PushCertificate['state'] }) {
  const { t } = useTranslation('settings');
  const [search] = useSearchParams();
  const [, go] = useLocation();
  const [made, setMade] = useState<PushCertificateRequest | null>(null);
  const awaited = made === null ? search.get('request') : made.mdmcertDownload === null ? null : made.id;
  // As it was at first: what has just been handed in is told inside, and stays in sight.
  const [unfolded] = useState(state !== 'valid' || awaited !== null);
  const take = (request: PushCertificateRequest): void => {
    setMade(request);
    if (request.mdmcertDownload !== null) go(`/console/settings?request=${request.id}`, { replace: true });
  };
  const [before = '', after = ''] = t('push.get.appleBody', { address: '\n' }).split('\n');
  return (
    <Card title={t('push.get.title')}>
      <Disclosure label={t('push.get.how')} open={unfolded}>
        <div className="stack">
          {state === 'missing' ? null : <p>{t('push.get.renew')}</p>}
          <h3 className={styles.step}>{t('push.get.request')}</h3>
          <RequestForm onMade={take} />
          <h3 className={styles.step}>{t('push.get.sign')}</h3>
          {made === null && awaited === null ? <p className="quiet">{t('push.get.afterRequest')}</p> : null}
          {made === null ? null : <ToBeSigned request={made} />}
          {awaited === null ? null : <AnswerForm key={awaited} requestId={awaited} />}
          <h3 className={styles.step}>{t('push.get.apple')}</h3>
          <p>
            {before}
            <a href={apple} target="_blank" rel="noreferrer">
              {apple.slice('https://'.length)}
            </a>
            {after}
          </p>
          <h3 className={styles.step}>{t('push.get.upload')}</h3>
          <UploadForm />
        </div>
      </Disclosure>
    </Card>
  );
}

function ToBeSigned({ request }: { readonly request: PushCertificateRequest }) {
  const { t } = useTranslation('settings');
  const { mdmcertDownload } = request;
  return mdmcertDownload === null ? (
    <>
      <p>{t('push.get.signVendor')}</p>
      <TextToTake label={t('push.get.requestLabel')} text={request.request} fileName="push-request.csr" />
    </>
  ) : (
    <>
      <p>{t('push.get.signMdmcert')}</p>
      <TextToTake label={t('push.get.command')} text={mdmcertCommand(mdmcertDownload)} fileName={null} />
    </>
  );
}
