import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const reconnectMilliseconds = 10_000;

/** Follows `GET /events` while `enabled`: each event says what changed, and that is fetched again. */
export function useLiveEvents(enabled: boolean): void {
  const client = useQueryClient();
  useEffect(() => (enabled ? follow(client) : undefined), [client, enabled]);
}

function follow(client: QueryClient): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    const stream = new EventSource('/api/v1/events');
    source = stream;
    stream.addEventListener('open', () => {
      // What happened while nobody listened is not told again: before the first opening, too.
      void client.invalidateQueries({ queryKey: ['device'] });
      void client.invalidateQueries({ queryKey: ['devices'] });
      void client.invalidateQueries({ queryKey: ['enrollment'] });
    });
    for (const kind of ['device', 'attempt', 'notice'] as const)
      stream.addEventListener(kind, (event) => invalidate(client, kind, event.data));
    stream.addEventListener('error', () => {
      // CONNECTING means the browser tries again by itself; CLOSED (a 401, say) means it has given up.
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(open, reconnectMilliseconds);
    });
  };
  open();
  return () => {
    source?.close();
    clearTimeout(timer);
  };
}

function invalidate(client: QueryClient, kind: 'device' | 'attempt' | 'notice', data: unknown): void {
  if (kind === 'notice') {
    void client.invalidateQueries({ queryKey: ['notices'] });
    return;
  }
  const deviceId = deviceIdOf(data);
  void client.invalidateQueries({ queryKey: ['devices'] });
  // A Mac that waits to be enrolled is one whose page nobody has yet.
  void client.invalidateQueries({ queryKey: ['enrollment'] });
  void client.invalidateQueries({ queryKey: deviceId === null ? ['device'] : ['device', deviceId] });
}

function deviceIdOf(data: unknown): string | null {
  try {
    const parsed: unknown = JSON.parse(String(data));
    if (typeof parsed === 'object' && parsed !== null && 'deviceId' in parsed)
      return typeof parsed.deviceId === 'string' ? parsed.deviceId : null;
  } catch {
    // An event we cannot read still means that something changed.
  }
  return null;
}
