/** Where signing in starts; `returnPath` is a path of ours, and the server checks that it is. */
export function signInAddress(returnPath: string, fresh = false): string {
  const query = new URLSearchParams(fresh ? { fresh: '1', return: returnPath } : { return: returnPath });
  return `/sign-in?${query.toString()}`;
}

export function currentPath(): string {
  return window.location.pathname + window.location.search;
}

/** Ends the session and starts over at the welcome page, which also drops everything held in memory. */
export async function signOut(): Promise<void> {
  try {
    await fetch('/sign-out', { method: 'POST', credentials: 'same-origin', redirect: 'manual' });
  } finally {
    window.sessionStorage.clear();
    window.location.assign('/');
  }
}
