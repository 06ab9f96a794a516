import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card.tsx';
import type { HelpTopic } from '../../words/en/help.ts';
import styles from './Help.module.css';

/** One help page: what it is, the steps, and what else is good to know. */
export function HelpTopicText({ topic }: { readonly topic: HelpTopic }) {
  const { t } = useTranslation('help');
  const { lead, steps, notes } = t(topic, { returnObjects: true });
  return (
    <>
      <p className={styles.lead}>{lead}</p>
      <Card>
        <ol className={styles.steps}>
          {steps.map((step) => (
            <li key={step}>
              <WithCode text={step} />
            </li>
          ))}
        </ol>
      </Card>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </>
  );
}

/** Text in which `what to type` stands between backticks. Nothing breaks inside a word of it: `-x` must stay `-x`. */
function WithCode({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className={styles.code} translate="no">
        {part.split(' ').map((word, at) => (
          <Fragment key={word}>
            {at === 0 ? null : ' '}
            <span className={styles.word}>{word}</span>
          </Fragment>
        ))}
      </code>
    ),
  );
}
