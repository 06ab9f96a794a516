import { ChevronLeftRegular } from '@fluentui/react-icons/svg/chevron-left';
import { Link } from 'wouter';
import styles from './BackLink.module.css';

export function BackLink({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <Link href={href} className={styles.back}>
      <ChevronLeftRegular aria-hidden className={styles.icon ?? ''} />
      {label}
    </Link>
  );
}
