import { ChevronRightRegular } from '@fluentui/react-icons/svg/chevron-right';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { enHelp, type HelpTopic } from '../../words/en/help.ts';
import styles from './Help.module.css';

export const isHelpTopic = (topic: string): topic is HelpTopic => Object.hasOwn(enHelp, topic);

const topics = Object.keys(enHelp).filter(isHelpTopic);

/** All help pages, with the sentence that says what each is for. */
export function HelpTopicList() {
  const { t } = useTranslation('help');
  return (
    <ul className={styles.topics}>
      {topics.map((topic) => (
        <li key={topic} className={styles.topic}>
          <div>
            <Link href={`/help/${topic}`} className={styles.link}>
              {t(`${topic}.title`)}
            </Link>
            <p className="quiet">{t(`${topic}.lead`)}</p>
          </div>
          <ChevronRightRegular aria-hidden className={styles.chevron ?? ''} />
        </li>
      ))}
    </ul>
  );
}
