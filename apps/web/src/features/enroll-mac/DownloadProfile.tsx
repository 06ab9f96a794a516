import { Button } from '@fluentui/react-components';
import type { CreatedEnrollment } from '@keyhaven/api-contract/enrollment';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createEnrollment } from '../../api/device-calls.ts';
import { hasCode } from '../../api/problem-error.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemWords } from '../../words/use-problem-text.ts';
import { isMac } from './is-mac.ts';
import { OtherDevice } from './OtherDevice.tsx';

type Props = {
  /** An enrollment is begun already: another profile takes its place. */
  readonly begun: boolean;
  readonly onBegun: (enrollment: CreatedEnrollment) => void;
  /** Whom to ask. */
  readonly contact: ReactNode;
};

/** Makes a profile for this person and hands it to the browser. It is served once, so every press makes a new one. */
export function DownloadProfile({ begun, onBegun, contact }: Props) {
  const { t } = useTranslation('enroll');
  const [here, setHere] = useState(() => isMac(navigator));
  const { busy, error, run } = useAction(async () => {
    const made = await createEnrollment();
    download(made.profileUrl);
    onBegun(made);
  });
  if (!here && !begun) return <OtherDevice onHere={() => setHere(true)} />;
  return (
    <>
      <p>{begun ? t('get.onceMore') : t('get.body')}</p>
      <Button
        size="large"
        appearance={begun ? 'secondary' : 'primary'}
        disabledFocusable={busy}
        onClick={() => run()}
      >
        {begun ? t('get.again') : t('get.download')}
      </Button>
      {error === null ? null : <Refused error={error} contact={contact} />}
    </>
  );
}

function Refused({ error, contact }: { readonly error: unknown; readonly contact: ReactNode }) {
  const { t } = useTranslation('enroll');
  const problemWords = useProblemWords();
  if (!hasCode(error, 'push-certificate-missing')) return <ErrorBox {...problemWords(error)} />;
  return (
    <>
      <Banner tone="warning" live>
        <p>
          <b>{t('get.notReadyTitle')}</b>
        </p>
        <p>{t('get.notReady')}</p>
      </Banner>
      {contact}
    </>
  );
}

/** By a link and not by fetch: the browser stores what it is sent, and the profile never passes through the page. */
function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
