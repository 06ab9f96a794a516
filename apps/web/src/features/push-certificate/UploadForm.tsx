import { Button, Field, Input } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pushCertificateQuery } from '../../api/queries.ts';
import { storePushCertificate } from '../../api/settings-calls.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import styles from './Push.module.css';
import { readUpload, type UploadFault } from './read-upload.ts';
import { useRefusalText } from './use-refusal-text.ts';

/** Step 4: the certificate, and its key where that is not here already. Files and password go no further than this form. */
export function UploadForm() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const refusalText = useRefusalText();
  const form = useRef<HTMLFormElement>(null);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<UploadFault | null>(null);
  const [stored, setStored] = useState(false);
  const { busy, error, run } = useAction(async () => {
    setStored(false);
    const chosen = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    const upload = readUpload(chosen, password);
    setFault(typeof upload === 'string' ? upload : null);
    if (typeof upload === 'string') return;
    client.setQueryData(pushCertificateQuery.queryKey, await storePushCertificate(upload));
    form.current?.reset();
    setFiles([]);
    setPassword('');
    setStored(true);
  });
  return (
    <form
      ref={form}
      className="stack"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <p>{t('push.upload.body')}</p>
      <div className={styles.fields}>
        <Field
          label={t('push.upload.files')}
          validationMessage={fault === null ? null : t(`push.upload.${fault}`)}
          validationState={fault === null ? 'none' : 'error'}
        >
          {(labelled) => (
            <input
              {...labelled}
              type="file"
              multiple
              accept=".pem,.cer,.crt,.key,.p12,.pfx"
              className={styles.file}
              onChange={(event) => setFiles([...(event.target.files ?? [])])}
            />
          )}
        </Field>
        <Field label={t('push.upload.password')}>
          <Input
            type="password"
            autoComplete="off"
            value={password}
            onChange={(_, { value }) => setPassword(value)}
          />
        </Field>
      </div>
      <div>
        <Button type="submit" appearance="primary" disabledFocusable={busy}>
          {t('push.upload.send')}
        </Button>
      </div>
      {stored ? (
        <Banner tone="good" live>
          <p>{t('push.upload.done')}</p>
        </Banner>
      ) : null}
      {error === null ? null : <ErrorBox sentence={refusalText(error)} />}
    </form>
  );
}
