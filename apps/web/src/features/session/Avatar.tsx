import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import styles from './Avatar.module.css';

const initialsOf = (name: string): string => {
  const words = name.split(/\s+/u).filter((word) => word !== '');
  const [first, last] = [words.at(0), words.length > 1 ? words.at(-1) : undefined];
  return [first, last]
    .map((word) =>
      String.fromCodePoint(word?.codePointAt(0) ?? 0x20)
        .toLocaleUpperCase()
        .trim(),
    )
    .join('');
};

/** Who is signed in, by their initials; leads to what they can set for themselves. */
export function Avatar({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  return (
    <Link href="/account" className={styles.link} title={name}>
      <span className="visually-hidden">{t('account.open', { name })}</span>
      <span className={styles.disc}>{initialsOf(name)}</span>
    </Link>
  );
}
