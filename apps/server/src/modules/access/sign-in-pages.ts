import type { PlainPage } from '../../platform/http/plain-page.ts';
import type { SignInRefusal } from './identity-provider.port.ts';

const again = { href: '/sign-in', text: 'Try again' };

/** What somebody sees whose sign-in did not end well: what happened and what to do, never what was sent. */
export const signInPages: Readonly<
  Record<SignInRefusal['kind'] | 'too-many-requests', { readonly status: number; readonly page: PlainPage }>
> = {
  denied: {
    status: 403,
    page: {
      title: 'You were not signed in',
      lines: [
        'Your organization’s sign-in page said no, or the sign-in was cancelled.',
        'Try again with your work account. If it stays so, tell IT.',
      ],
      link: again,
    },
  },
  'not-proved': {
    status: 400,
    page: {
      title: 'This sign-in could not be finished',
      lines: [
        'It was started in another browser or tab, took too long, or was used before.',
        'Start it once more from here.',
      ],
      link: again,
    },
  },
  unavailable: {
    status: 503,
    page: {
      title: 'Sign-in does not answer',
      lines: ['Your organization’s sign-in page cannot be reached at the moment.', 'Try again in a minute.'],
      link: again,
    },
  },
  misconfigured: {
    status: 502,
    page: {
      title: 'Sign-in is not set up right',
      lines: [
        'Your organization’s sign-in page does not know this server as it should.',
        'Tell IT: the client id, its secret or the return address does not fit.',
      ],
      link: again,
    },
  },
  'too-many-requests': {
    status: 429,
    page: {
      title: 'Too many sign-ins',
      lines: ['You signed in very often in the last minutes.', 'Wait ten minutes, then try again.'],
      link: again,
    },
  },
};
