import type { Device } from '@keyhaven/api-contract/device';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { checkStatus } from '../../api/device-calls.ts';
import { useAction } from '../../ui/use-action.ts';

const lookAgainMilliseconds = 3000;
const lookForMilliseconds = 120_000;

type CheckStatusDoor = {
  readonly state: 'quiet' | 'asked' | 'answered';
  readonly busy: boolean;
  readonly error: unknown;
  readonly ask: () => void;
};

/** Asks the Mac to report, and looks for two minutes; it has answered when its last contact is a new one. */
export function useCheckStatus(device: Pick<Device, 'id' | 'lastContactAt'>): CheckStatusDoor {
  const client = useQueryClient();
  const [asked, setAsked] = useState<{ readonly contactBefore: string | null } | null>(null);
  const { busy, error, run } = useAction(async () => {
    setAsked(null);
    await checkStatus(device.id);
    setAsked({ contactBefore: device.lastContactAt });
  });
  const answered = asked !== null && asked.contactBefore !== device.lastContactAt;
  const waiting = asked !== null && !answered;
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
  return { state: answered ? 'answered' : waiting ? 'asked' : 'quiet', busy, error, ask: run };
}
