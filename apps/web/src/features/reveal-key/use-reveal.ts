import type { RevealedKey } from '@keyhaven/api-contract/recovery-key';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type RevealRequest, revealRecoveryKey } from '../../api/device-calls.ts';
import { hasCode } from '../../api/problem-error.ts';
import { signInAddress } from '../../api/sign-in.ts';
import { rememberReveal, takePendingReveal } from './pending-reveal.ts';

export type Reveal =
  | { readonly kind: 'hidden' }
  | { readonly kind: 'asking' }
  | {
      readonly kind: 'shown';
      readonly key: RevealedKey;
      /** Milliseconds since 1970. */
      readonly hideAt: number;
      readonly request: RevealRequest;
    }
  | { readonly kind: 'refused'; readonly error: unknown; readonly request: RevealRequest };

type Door = {
  readonly reveal: Reveal;
  readonly ask: (request: RevealRequest) => Promise<void>;
  readonly hide: () => void;
  readonly signInAgain: (request: RevealRequest) => void;
};

/** Asks for a key and holds it, here and nowhere else, until it is hidden, five minutes are over, or the page goes. */
export function useReveal(deviceId: string, returnPath: string): Door {
  const [reveal, setReveal] = useState<Reveal>({ kind: 'hidden' });
  const running = useRef<AbortController | null>(null);
  const client = useQueryClient();

  const hide = useCallback(() => {
    running.current?.abort();
    setReveal({ kind: 'hidden' });
  }, []);
  const signInAgain = useCallback(
    (request: RevealRequest) => {
      rememberReveal({ deviceId, request });
      window.location.assign(signInAddress(`${returnPath}?get=1`, true));
    },
    [deviceId, returnPath],
  );
  const askOnce = useCallback(
    async (request: RevealRequest, mayGoToSignIn: boolean) => {
      running.current?.abort();
      const attempt = new AbortController();
      running.current = attempt;
      setReveal({ kind: 'asking' });
      try {
        const key = await revealRecoveryKey(deviceId, request, attempt.signal);
        if (attempt.signal.aborted) return;
        setReveal({ kind: 'shown', key, hideAt: Date.now() + key.hideAfterSeconds * 1000, request });
        void client.invalidateQueries({ queryKey: ['device', deviceId, 'access-log'] });
      } catch (error) {
        if (attempt.signal.aborted) return;
        if (mayGoToSignIn && hasCode(error, 'fresh-sign-in-required')) signInAgain(request);
        else setReveal({ kind: 'refused', error, request });
      }
    },
    [client, deviceId, signInAgain],
  );

  useHideWhenLeft(hide);
  useEffect(() => {
    const pending = takePendingReveal(deviceId);
    // Still not fresh after signing in: say so, or the two pages would send each other the person for ever.
    if (pending !== null) void askOnce(pending, false);
  }, [askOnce, deviceId]);

  return { reveal, ask: (request) => askOnce(request, true), hide, signInAgain };
}

function useHideWhenLeft(hide: () => void): void {
  useEffect(() => {
    window.addEventListener('pagehide', hide);
    return () => {
      window.removeEventListener('pagehide', hide);
      hide();
    };
  }, [hide]);
}
