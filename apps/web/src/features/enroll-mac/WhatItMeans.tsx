import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useTranslation } from 'react-i18next';
import { Disclosure } from '../../ui/Disclosure.tsx';
import styles from './WhatItMeans.module.css';

/** What IT can and cannot see or do with an enrolled Mac, in plain words, and the exact rights behind them. */
export function WhatItMeans() {
  const { t } = useTranslation('enroll');
  return (
    <>
      <div className={styles.sides}>
        <Side title={t('means.canTitle')} points={t('means.can', { returnObjects: true })} can />
        <Side title={t('means.cannotTitle')} points={t('means.cannot', { returnObjects: true })} />
      </div>
      <div>
        <h3 className={styles.title}>{t('means.keyTitle')}</h3>
        <p>{t('means.key')}</p>
      </div>
      <Disclosure label={t('means.rights')}>
        <p>{t('means.rightsLead')}</p>
        <ul className={styles.rights}>
          {t('means.rightsList', { returnObjects: true }).map((right) => (
            <li key={right}>{right}</li>
          ))}
        </ul>
        <p>{t('means.rightsEnd')}</p>
      </Disclosure>
    </>
  );
}

type SideProps = { readonly title: string; readonly points: readonly string[]; readonly can?: boolean };

function Side({ title, points, can = false }: SideProps) {
  const Icon = can ? CheckmarkRegular : DismissRegular;
  return (
    <div>
      <h3 className={styles.title}>{title}</h3>
      <ul className={styles.points}>
        {points.map((point) => (
          <li key={point} className={styles.point}>
            <Icon aria-hidden className={styles.icon ?? ''} />
            <span>{point}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
