import { Button, Field, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openSignedRequest } from '../../api/settings-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import styles from './Push.module.css';
import { saveText } from './save-text.ts';
import { useRefusalText } from './use-refusal-text.ts';

/** Step 2 with mdmcert.download: the mail that came back, opened and saved as the file for Apple. */
export function AnswerForm({ requestId }: { readonly requestId: string }) {
  const { t } = useTranslation('settings');
  const refusalText = useRefusalText();
  const [answer, setAnswer] = useState('');
  const [opened, setOpened] = useState(false);
  const { busy, error, run } = useAction(async () => {
    setOpened(false);
    saveText((await openSignedRequest(requestId, answer)).request, 'push-request-for-apple.txt');
    setOpened(true);
  });
  return (
    <form
      className="stack"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <Field label={t('push.get.answer')} hint={t('push.get.answerHint')}>
        <Textarea
          rows={4}
          className={styles.text ?? ''}
          value={answer}
          onChange={(_, { value }) => setAnswer(value)}
        />
      </Field>
      <div>
        <Button type="submit" disabledFocusable={busy || answer.trim() === ''}>
          {t('push.get.open')}
        </Button>
      </div>
      {opened ? <p role="status">{t('push.get.opened')}</p> : null}
      {error === null ? null : <ErrorBox sentence={refusalText(error)} />}
    </form>
  );
}
