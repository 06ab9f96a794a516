import { Button } from '@fluentui/react-components';
import type { Device } from '@keyhaven/api-contract/device';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkStatus } from '../../api/device-calls.ts';
import { useAnnounce } from '../../ui/Announcer.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';

type Props = { readonly device: Pick<Device, 'id' | 'lastContactAt'>; readonly main?: boolean };

const lookAgainMilliseconds = 3000;
const lookForMilliseconds = 120_000;

/** Check status: asks the Mac to report now, and says when it has. */
export function CheckStatus({ device, main = false }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const announce = useAnnounce();
  const say = useRelativeTime();
  const problemText = useProblemText();
  const [askedWhen, setAskedWhen] = useState<{ readonly contact: string | null } | null>(null);
  const { busy, error, run } = useAction(async () => {
    await checkStatus(device.id);
    setAskedWhen({ contact: device.lastContactAt });
  });
  const answered = askedWhen !== null && askedWhen.contact !== device.lastContactAt;
  const waiting = askedWhen !== null && !answered;

  useEffect(() => {
    if (!waiting) return undefined;
    const look = setInterval(
      () => void client.invalidateQueries({ queryKey: ['device', device.id] }),
      lookAgainMilliseconds,
    );
    const enough = setTimeout(() => clearInterval(look), lookForMilliseconds);
    return () => {
      clearInterval(look);
      clearTimeout(enough);
    };
  }, [client, device.id, waiting]);

  const sentence = answered
    ? t('check.answered')
    : !waiting
      ? ''
      : device.lastContactAt === null
        ? t('check.asked')
        : t('check.askedSeen', { when: say(device.lastContactAt) });
  useEffect(() => {
    if (sentence !== '') announce(sentence);
  }, [announce, sentence]);
  return (
    <>
      <Button
        size="large"
        appearance={main ? 'primary' : 'secondary'}
        disabledFocusable={busy}
        onClick={() => run()}
      >
        {t('action.checkStatus')}
      </Button>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
      {sentence === '' ? null : <p>{sentence}</p>}
    </>
  );
}
