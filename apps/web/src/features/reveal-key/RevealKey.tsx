import { Button } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
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
  const { reveal, ask, hide, signInAgain } = useReveal(deviceId, returnPath);
  const [wasShown, setWasShown] = useState(false);
  const putAway = (): void => {
    setWasShown(true);
    hide();
  };
  if (reveal.kind === 'shown')
    return (
      <RevealedKeyPanel revealed={reveal.key} hideAt={reveal.hideAt} onHide={putAway}>
        <OlderVersions
          key={reveal.key.version}
          deviceId={deviceId}
          shown={reveal.key.version}
          onShow={(version) => void ask({ ...reveal.request, version })}
        />
      </RevealedKeyPanel>
    );
  const asking = reveal.kind === 'asking';
  return (
    <>
      {reveal.kind === 'refused' ? (
        <RevealRefused error={reveal.error} onSignIn={() => signInAgain(reveal.request)} />
      ) : null}
      {needsReason ? (
        <ReasonForm asking={asking} onReason={(reason) => void ask({ reason })} />
      ) : (
        <AskButton main={main} asking={asking} focused={wasShown} onAsk={() => void ask({})} />
      )}
    </>
  );
}

type AskProps = {
  readonly main: boolean;
  readonly asking: boolean;
  /** After hiding, the focus returns to where the key came from. */
  readonly focused: boolean;
  readonly onAsk: () => void;
};

function AskButton({ main, asking, focused, onAsk }: AskProps) {
  const { t } = useTranslation();
  return (
    <Button
      size="large"
      appearance={main ? 'primary' : 'secondary'}
      icon={<KeyRegular />}
      disabledFocusable={asking}
      onClick={onAsk}
      autoFocus={focused}
    >
      {asking ? t('reveal.getting') : t('action.get')}
    </Button>
  );
}
