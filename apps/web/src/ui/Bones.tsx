import styles from './Bones.module.css';

/** The shape of what is coming, so that nothing jumps when it arrives. */
export function Bones({ label, rows = 2 }: { readonly label: string; readonly rows?: number }) {
  return (
    <div className={styles.bones} aria-busy="true">
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.card} aria-hidden>
          <div className={styles.line} />
          <div className={`${styles.line} ${styles.short}`} />
        </div>
      ))}
    </div>
  );
}
