import { CallRegular } from '@fluentui/react-icons/svg/call';
import { GlobeRegular } from '@fluentui/react-icons/svg/globe';
import { MailRegular } from '@fluentui/react-icons/svg/mail';
import type { PortalInfo } from '@keyhaven/api-contract/portal';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card.tsx';
import styles from './ContactCard.module.css';

/** How to reach IT. A setting that is not an http address is shown and not linked. */
export function ContactCard({ portal }: { readonly portal: PortalInfo }) {
  const { t } = useTranslation();
  const { name, phone, email, website, note } = portal.supportContact;
  const empty = [name, phone, email, website, note].every((part) => part === null || part === '');
  return (
    <Card title={t('contact.title')}>
      {empty ? <p>{t('contact.none', { organization: portal.organizationName })}</p> : null}
      {name === null ? null : <p>{name}</p>}
      <ul className={styles.ways}>
        {phone === null ? null : (
          <Way
            icon={<CallRegular />}
            name={t('contact.phone')}
            href={`tel:${phone.replaceAll(/[^\d+]/g, '')}`}
            text={phone}
          />
        )}
        {email === null ? null : (
          <Way icon={<MailRegular />} name={t('contact.email')} href={`mailto:${email}`} text={email} />
        )}
        {website === null ? null : (
          <Way
            icon={<GlobeRegular />}
            name={t('contact.website')}
            href={/^https?:\/\//.test(website) ? website : null}
            text={website}
          />
        )}
      </ul>
      {note === null ? null : <p>{note}</p>}
    </Card>
  );
}

type WayProps = {
  readonly icon: ReactNode;
  readonly name: string;
  readonly href: string | null;
  readonly text: string;
};

function Way({ icon, name, href, text }: WayProps) {
  return (
    <li className={styles.way}>
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <span className="visually-hidden">{name}</span>
      {href === null ? <span>{text}</span> : <a href={href}>{text}</a>}
    </li>
  );
}
