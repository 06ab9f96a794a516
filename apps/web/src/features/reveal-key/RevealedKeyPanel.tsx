import { Button } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { EyeOffRegular } from '@fluentui/react-icons/svg/eye-off';
import type { RevealedKey } from '@keyhaven/api-contract/recovery-key';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../ui/Announcer.tsx';
import { ButtonRow } from '../../ui/ButtonRow.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { Countdown } from './Countdown.tsx';
import { copyText } from './copy-text.ts';
import { KeyDisplay, SpelledOut } from './KeyDisplay.tsx';
import styles from './RevealedKeyPanel.module.css';

type Props = {
  readonly revealed: RevealedKey;
  readonly hideAt: number;
  readonly onHide: () => void;
  /** The older versions, below everything else. */
  readonly children: ReactNode;
};

/** A key on the screen, with what people need beside it. */
export function RevealedKeyPanel({ revealed, hideAt, onHide, children }: Props) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  const announce = useAnnounce();
  const key = useRef<HTMLDivElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => key.current?.focus(), [revealed.version]);

  const copy = async (): Promise<void> => {
    const done = await copyText(revealed.recoveryKey, key.current);
    setCopied(done);
    announce(done ? t('reveal.copied') : t('reveal.copyFailed'));
  };
  return (
    <div className={styles.panel}>
      <div>
        <h3 className={styles.heading}>
          {revealed.state === 'current' || revealed.state === 'unproven'
            ? t('reveal.label')
            : t('reveal.version', { when: say(revealed.storedAt) })}
        </h3>
        <KeyDisplay recoveryKey={revealed.recoveryKey} label={t('reveal.label')} keyRef={key} />
        <Countdown hideAt={hideAt} seconds={revealed.hideAfterSeconds} onOver={onHide} />
      </div>
      <ButtonRow>
        <Button size="large" icon={<CopyRegular />} onClick={() => void copy()}>
          {copied === true ? t('reveal.copied') : t('reveal.copy')}
        </Button>
        <Button size="large" icon={<EyeOffRegular />} onClick={onHide}>
          {t('reveal.hide')}
        </Button>
      </ButtonRow>
      {copied === false ? <p>{t('reveal.copyFailed')}</p> : null}
      <div>
        <h3 className={styles.heading}>{t('reveal.spelled')}</h3>
        <SpelledOut recoveryKey={revealed.recoveryKey} />
      </div>
      <StepsAtTheMac />
      {children}
    </div>
  );
}

function StepsAtTheMac() {
  const { t } = useTranslation();
  return (
    <div>
      <h3 className={styles.heading}>{t('reveal.atTheMac')}</h3>
      <ol className={styles.steps}>
        {t('reveal.steps', { returnObjects: true }).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}
