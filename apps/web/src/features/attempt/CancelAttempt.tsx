import { Button } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cancelAttempt } from '../../api/device-calls.ts';

/** Takes back an attempt that has not reached the Mac. */
export function CancelAttempt({
  deviceId,
  attemptId,
}: {
  readonly deviceId: string;
  readonly attemptId: string;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const cancel = async (): Promise<void> => {
    setAsked(true);
    try {
      await cancelAttempt(deviceId, attemptId);
    } catch {
      // Delivered in the meantime, most likely: the page shows where the attempt is now.
    } finally {
      setAsked(false);
      await client.invalidateQueries({ queryKey: ['device', deviceId] });
    }
  };
  return (
    <div>
      <Button size="large" appearance="subtle" disabledFocusable={asked} onClick={() => void cancel()}>
        {t('attempt.cancel')}
      </Button>
    </div>
  );
}
