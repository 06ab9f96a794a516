import { Button } from '@fluentui/react-components';
import type { CreatedEnrollment } from '@keyhaven/api-contract/enrollment';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createEnrollment } from '../../api/device-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';
import styles from './EnrollMac.module.css';

/** Makes a profile for this person, then offers it. It is served once, so it is a link and nothing fetches it ahead. */
export function EnrollMac({ onPrepared }: { readonly onPrepared: () => void }) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  const problemText = useProblemText();
  const [made, setMade] = useState<CreatedEnrollment | null>(null);
  const [taken, setTaken] = useState(false);
  const { busy, error, run } = useAction(async () => {
    setMade(await createEnrollment());
    setTaken(false);
    onPrepared();
  });
  return (
    <div className={styles.enroll}>
      {made === null || taken ? (
        <Button
          size="large"
          appearance={taken ? 'secondary' : 'primary'}
          disabledFocusable={busy}
          onClick={() => run()}
        >
          {taken ? t('enroll.again') : t('enroll.prepare')}
        </Button>
      ) : (
        <>
          <Button
            as="a"
            size="large"
            appearance="primary"
            href={made.profileUrl}
            download
            onClick={() => setTaken(true)}
          >
            {t('enroll.download')}
          </Button>
          <p className="quiet">{t('enroll.once', { until: say(made.expiresAt) })}</p>
        </>
      )}
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </div>
  );
}
