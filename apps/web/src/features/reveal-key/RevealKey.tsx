import { Button } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RevealRequest } from '../../api/device-calls.ts';
import { OlderVersions } from './OlderVersions.tsx';
import { ReasonForm } from './ReasonForm.tsx';
import { RevealedKeyPanel } from './RevealedKeyPanel.tsx';
import { RevealRefused } from './RevealRefused.tsx';
import { useReveal } from './use-reveal.ts';

type Props = {
  readonly deviceId: string;
  /** Where to come back to after signing in once more. */
  readonly returnPath: string;
  readonly main: boolean;
  /** IT has to say why; the owner does not. */
  readonly needsReason?: boolean;
};

/** Get recovery key: the button, then the key in its place. */
export function RevealKey({ deviceId, returnPath, main, needsReason = false }: Props) {
  const { t } = useTranslation();
  const { reveal, ask, hide, signInAgain } = useReveal(deviceId, returnPath);
  const [reason, setReason] = useState<string | null>(null);
  const [wasShown, setWasShown] = useState(false);
  const withReason = (request: RevealRequest): RevealRequest =>
    reason === null ? request : { ...request, reason };

  if (reveal.kind === 'shown') {
    const { key } = reveal;
    return (
      <RevealedKeyPanel
        revealed={key}
        hideAt={reveal.hideAt}
        onHide={() => {
          setWasShown(true);
          hide();
        }}
      >
        <OlderVersions
          key={key.version}
          deviceId={deviceId}
          shown={key.version}
          onShow={(version) => void ask(withReason({ version }))}
        />
      </RevealedKeyPanel>
    );
  }
  const start = (given: string | null): void => {
    setReason(given);
    void ask(given === null ? {} : { reason: given });
  };
  const asking = reveal.kind === 'asking';
  return (
    <>
      {reveal.kind === 'refused' ? (
        <RevealRefused error={reveal.error} onSignIn={() => signInAgain(reveal.request)} />
      ) : null}
      {needsReason ? (
        <ReasonForm asking={asking} onReason={start} />
      ) : (
        <Button
          size="large"
          appearance={main ? 'primary' : 'secondary'}
          icon={<KeyRegular />}
          disabledFocusable={asking}
          onClick={() => start(null)}
          // After hiding, the focus returns to where the key came from.
          autoFocus={wasShown}
        >
          {asking ? t('reveal.getting') : t('action.get')}
        </Button>
      )}
    </>
  );
}
