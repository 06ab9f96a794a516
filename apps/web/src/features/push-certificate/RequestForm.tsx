import { Button, Field, Input } from '@fluentui/react-components';
import type { PushCertificateRequest } from '@keyhaven/api-contract/push-certificate';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { requestPushCertificate } from '../../api/settings-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import styles from './Push.module.css';
import { useRefusalText } from './use-refusal-text.ts';

export type Signer = 'mdmcert' | 'vendor';
type Props = { readonly onMade: (request: PushCertificateRequest) => void };

/** Step 1: who signs, and the request. The key to it is made on the server and stays there. */
export function RequestForm({ onMade }: Props) {
  const { t } = useTranslation('settings');
  const refusalText = useRefusalText();
  const [signer, setSigner] = useState<Signer>('mdmcert');
  const [account, setAccount] = useState({ email: '', apiKey: '' });
  const [incomplete, setIncomplete] = useState(false);
  const { busy, error, run } = useAction(async () => {
    const given = { email: account.email.trim(), apiKey: account.apiKey.trim() };
    const missing = signer === 'mdmcert' && (given.email === '' || given.apiKey === '');
    setIncomplete(missing);
    if (missing) return;
    onMade(await requestPushCertificate(signer === 'mdmcert' ? { mdmcertDownload: given } : {}));
  });
  return (
    <form
      className="stack"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <p>{t('push.get.requestBody')}</p>
      <fieldset className={styles.choices}>
        <legend>{t('push.get.signer')}</legend>
        {(['mdmcert', 'vendor'] as const).map((each) => (
          <label key={each} className={styles.choice}>
            <input type="radio" name="signer" checked={each === signer} onChange={() => setSigner(each)} />
            {t(`push.get.${each}`)}
          </label>
        ))}
      </fieldset>
      {signer === 'mdmcert' ? (
        <div className={styles.fields}>
          <Field label={t('push.get.email')}>
            <Input
              type="email"
              value={account.email}
              onChange={(_, { value }) => setAccount({ ...account, email: value })}
            />
          </Field>
          <Field label={t('push.get.apiKey')}>
            <Input
              value={account.apiKey}
              onChange={(_, { value }) => setAccount({ ...account, apiKey: value })}
            />
          </Field>
        </div>
      ) : null}
      {incomplete ? <p role="alert">{t('push.get.needBoth')}</p> : null}
      <div>
        <Button type="submit" disabledFocusable={busy}>
          {t('push.get.make')}
        </Button>
      </div>
      {error === null ? null : <ErrorBox sentence={refusalText(error)} />}
    </form>
  );
}
