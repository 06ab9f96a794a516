import type { RevealRequest } from '../../api/device-calls.ts';

/**
 * What was asked for before the person was sent to sign in once more. It stays in this tab, so that only somebody
 * who asked here sees the key on return: a link alone shows nothing. Holds no key.
 */
const storageKey = 'keyhaven.reveal-after-sign-in';

type Pending = { readonly deviceId: string; readonly request: RevealRequest };

export function rememberReveal(pending: Pending): void {
  window.sessionStorage.setItem(storageKey, JSON.stringify(pending));
}

/** What was asked for on this Mac, once: the note is gone afterwards, and so is `get=1` from the address. */
export function takePendingReveal(deviceId: string): RevealRequest | null {
  const address = new URL(window.location.href);
  if (address.searchParams.get('get') !== '1') return null;
  address.searchParams.delete('get');
  window.history.replaceState(window.history.state, '', address);
  const note = window.sessionStorage.getItem(storageKey);
  window.sessionStorage.removeItem(storageKey);
  const pending: Pending | null = note === null ? null : JSON.parse(note);
  return pending?.deviceId === deviceId ? pending.request : null;
}
