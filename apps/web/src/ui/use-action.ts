import { useCallback, useState } from 'react';

type Action<Arguments extends readonly unknown[]> = {
  readonly busy: boolean;
  /** What the last run threw, until the next one starts. */
  readonly error: unknown;
  readonly run: (...given: Arguments) => void;
};

/** Something a button does: busy while it runs, its error kept to be shown. Never runs twice at once. */
export function useAction<Arguments extends readonly unknown[]>(
  act: (...given: Arguments) => Promise<void>,
): Action<Arguments> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(
    (...given: Arguments) => {
      if (busy) return;
      setBusy(true);
      setError(null);
      act(...given)
        .catch(setError)
        .finally(() => setBusy(false));
    },
    [act, busy],
  );
  return { busy, error, run };
}
