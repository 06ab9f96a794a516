import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleRegular } from '@fluentui/react-icons/svg/circle';
import { ErrorCircleFilled } from '@fluentui/react-icons/svg/error-circle';
import { HourglassRegular } from '@fluentui/react-icons/svg/hourglass';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import styles from './Mark.module.css';

type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'neutral';

const icons = {
  good: CheckmarkCircleFilled,
  busy: HourglassRegular,
  warning: WarningFilled,
  bad: ErrorCircleFilled,
  neutral: CircleRegular,
} as const;

/** The icon of a tone, in its colour. Stands beside a word, never alone. */
export function Mark({ tone }: { readonly tone: Tone }) {
  const Icon = icons[tone];
  return <Icon aria-hidden className={`${styles.mark} ${styles[tone]}`} />;
}
