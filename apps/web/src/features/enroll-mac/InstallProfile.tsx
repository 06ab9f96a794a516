import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Disclosure } from '../../ui/Disclosure.tsx';
import styles from './InstallProfile.module.css';
import type { MacOs } from './is-mac.ts';
import { SettingsWindow } from './SettingsWindow.tsx';

const generations: readonly MacOs[] = ['newest', 'middle', 'oldest'];

/** Where to click, for the macOS that this Mac has. No browser says which that is, so the person does. */
export function InstallProfile() {
  const { t } = useTranslation('enroll');
  const [macOs, setMacOs] = useState<MacOs>('newest');
  return (
    <>
      <fieldset className={styles.which}>
        <legend>{t('install.which')}</legend>
        <p className="quiet">{t('install.whichHint')}</p>
        <div className={styles.choices}>
          {generations.map((each) => (
            <label key={each} className={styles.choice}>
              <input
                type="radio"
                name="macos"
                className={styles.radio}
                checked={each === macOs}
                onChange={() => setMacOs(each)}
              />
              {t(`install.${each}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <div className={styles.way}>
        <ol className={styles.steps}>
          {t(`install.steps.${macOs}`, { returnObjects: true }).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <SettingsWindow place={t(`install.place.${macOs}`, { returnObjects: true })} />
      </div>
      <div className={styles.folds}>
        <Disclosure label={t('install.notVerified')}>{t('install.notVerifiedWhy')}</Disclosure>
        <Disclosure label={t('install.noPassword')}>{t('install.noPasswordWhy')}</Disclosure>
      </div>
    </>
  );
}
