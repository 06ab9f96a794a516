import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { Mark } from './Mark.tsx';
import styles from './Toast.module.css';

type Props = { readonly text: string; readonly closeLabel: string; readonly onClose: () => void };

/** News at the top of the screen. It stays until it is closed: nobody has to read fast. */
export function Toast({ text, closeLabel, onClose }: Props) {
  return (
    <div className={styles.place}>
      <div className={styles.toast} role="alert">
        <Mark tone="bad" />
        <span className={styles.text}>{text}</span>
        <Button appearance="subtle" icon={<DismissRegular />} aria-label={closeLabel} onClick={onClose} />
      </div>
    </div>
  );
}
