import styles from './SettingsWindow.module.css';

/** A small drawing of where to click: the app, the entry at its side, the row in it. The text beside it says the same. */
export function SettingsWindow({ place }: { readonly place: readonly string[] }) {
  const [app = '', side = '', row = ''] = place;
  return (
    <div className={styles.window} aria-hidden>
      <div className={styles.bar}>
        <span className={styles.dot} />
        <span className={styles.dot} />
        <span className={styles.dot} />
        <span className={styles.app}>{app}</span>
      </div>
      <div className={styles.inside}>
        <div className={styles.side}>
          <span className={styles.line} />
          <span className={styles.here}>{side}</span>
          <span className={styles.line} />
          <span className={styles.line} />
        </div>
        <div className={styles.rows}>
          <span className={styles.line} />
          <span className={styles.line} />
          <span className={styles.here}>{row}</span>
        </div>
      </div>
    </div>
  );
}
