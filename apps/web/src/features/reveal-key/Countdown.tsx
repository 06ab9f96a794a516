import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../ui/Time.tsx';
import styles from './Countdown.module.css';

type Props = { readonly hideAt: number; readonly seconds: number; readonly onOver: () => void };

/** The bar that runs down. It goes by the clock, so a tab that slept hides the key as soon as it wakes. */
export function Countdown({ hideAt, seconds, onOver }: Props) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const left = Math.max(0, hideAt - now);
  const over = left === 0;
  useEffect(() => {
    if (over) onOver();
  }, [over, onOver]);
  const minutes = Math.ceil(left / 60_000);
  return (
    <div className={styles.countdown}>
      <div className={styles.track} aria-hidden>
        <div className={styles.rest} style={{ inlineSize: `${(left / seconds / 10).toFixed(2)}%` }} />
      </div>
      <span className={styles.words}>
        {left > 60_000 ? t('reveal.hides', { count: minutes }) : t('reveal.hidesSoon')}
      </span>
    </div>
  );
}
