import { Button } from '@fluentui/react-components';
import type { Device } from '@keyhaven/api-contract/device';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../ui/Announcer.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { useProblemText } from '../../words/use-problem-text.ts';
import { useCheckStatus } from './use-check-status.ts';

type Props = { readonly device: Pick<Device, 'id' | 'lastContactAt'>; readonly main?: boolean };

/** Check status: asks the Mac to report now, and says when it has. */
export function CheckStatus({ device, main = false }: Props) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const problemText = useProblemText();
  const { state, busy, error, ask } = useCheckStatus(device);
  const asked = useAskedSentence(device.lastContactAt);
  const sentence = state === 'quiet' ? '' : state === 'answered' ? t('check.answered') : asked;
  useEffect(() => {
    if (sentence !== '') announce(sentence);
  }, [announce, sentence]);
  return (
    <>
      <Button
        size="large"
        appearance={main ? 'primary' : 'secondary'}
        disabledFocusable={busy}
        onClick={() => ask()}
      >
        {t('action.checkStatus')}
      </Button>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
      {sentence === '' ? null : <p>{sentence}</p>}
    </>
  );
}

function useAskedSentence(lastContactAt: string | null): string {
  const { t } = useTranslation();
  const say = useRelativeTime();
  return lastContactAt === null ? t('check.asked') : t('check.askedSeen', { when: say(lastContactAt) });
}
