import { Trans } from 'react-i18next';
import { Banner } from '../../ui/Banner.tsx';

/** The message after a saved attempt, with the portal's own name. */
export function AttemptSaved({ portalName }: { readonly portalName: string }) {
  return (
    <Banner tone="good">
      <p>
        <Trans i18nKey="message.saved" values={{ portalName }} components={{ b: <strong /> }} />
      </p>
    </Banner>
  );
}
