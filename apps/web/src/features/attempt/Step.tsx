import { Spinner } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleRegular } from '@fluentui/react-icons/svg/circle';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StepMark } from '../../words/attempt-steps.ts';
import styles from './AttemptProgress.module.css';

const icons: Readonly<Record<StepMark, ReactNode>> = {
  done: <CheckmarkCircleFilled />,
  now: <Spinner size="extra-tiny" />,
  unsure: <WarningFilled />,
  waiting: <CircleRegular />,
};

/** One step with its mark and its word. */
export function Step({ mark, text }: { readonly mark: StepMark; readonly text: string }) {
  const { t } = useTranslation();
  return (
    <li className={styles.step} {...(mark === 'now' || mark === 'unsure' ? { 'aria-current': 'step' } : {})}>
      <span className={`${styles.mark} ${styles[mark]}`} aria-hidden>
        {icons[mark]}
      </span>
      <span className={mark === 'waiting' ? styles.quiet : styles.text}>{text}</span>
      <span className={styles.word}>{t(`attempt.mark.${mark}`)}</span>
    </li>
  );
}
