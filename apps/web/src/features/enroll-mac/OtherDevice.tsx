import { Button, Input } from '@fluentui/react-components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ButtonRow } from '../../ui/ButtonRow.tsx';
import styles from './OtherDevice.module.css';

/** For a phone or another computer: the address to open on the Mac. */
export function OtherDevice({ onHere }: { readonly onHere: () => void }) {
  const { t } = useTranslation('enroll');
  const [copied, setCopied] = useState<boolean | null>(null);
  const address = new URL('/enroll', window.location.href).href;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <>
      <p>
        <b>{t('get.otherTitle')}</b>
      </p>
      <p>{t('get.other')}</p>
      <Input
        size="large"
        readOnly
        className={styles.address ?? ''}
        aria-label={t('get.address')}
        value={address}
        onFocus={(event) => event.target.select()}
      />
      <ButtonRow>
        <Button size="large" appearance="primary" onClick={() => void copy()}>
          {copied === true ? t('get.copied') : t('get.copy')}
        </Button>
        <Button size="large" appearance="subtle" onClick={onHere}>
          {t('get.here')}
        </Button>
      </ButtonRow>
      {copied === false ? <p role="alert">{t('get.copyFailed')}</p> : null}
    </>
  );
}
