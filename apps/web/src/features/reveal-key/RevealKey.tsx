import { Button } from '@fluentui/react-components';
import { KeyRegular } from '@fluentui/react-icons/svg/key';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OlderVersions } from './OlderVersions.tsx';
import { ReasonForm } from './ReasonForm.tsx';
import { RevealedKeyPanel } from './RevealedKeyPanel.tsx';
import { RevealRefused } from './RevealRefused.tsx';
import { type Reveal, useReveal } from './use-reveal.ts';

type Props = {
  readonly deviceId: string;
  /** Where to come back to after signing in once more. */
  readonly returnPath: string;
  readonly main: boolean;
  /** IT has to say why; the owner does not. */
  readonly needsReason?: boolean;
  /** The version of the key that counts now, as the Mac's page knows it. */
  readonly version: number | null;
  /** That version came from the Mac itself and is newer than the one that was proved last: it is asked for by number. */
  readonly unproven?: boolean;
};

/** Get recovery key: the button, then the key in its place. */
export function RevealKey({
  deviceId,
  returnPath,
  main,
  needsReason = false,
  version,
  unproven = false,
}: Props) {
  const { reveal, ask, hide, signInAgain } = useReveal(deviceId, returnPath);
  const [wasShown, setWasShown] = useState(false);
  const wanted = unproven && version !== null ? { version } : {};
  const putAway = (): void => {
    setWasShown(true);
    hide();
  };
  useHideReplaced(reveal, version, putAway);
  if (reveal.kind === 'shown')
    return (
      <RevealedKeyPanel revealed={reveal.key} hideAt={reveal.hideAt} onHide={putAway}>
        <OlderVersions
          key={reveal.key.version}
          deviceId={deviceId}
          shown={reveal.key.version}
          onShow={(older) => void ask({ ...reveal.request, version: older })}
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
        <AskButton main={main} asking={asking} focused={wasShown} onAsk={() => void ask(wanted)} />
      )}
    </>
  );
}

/** A key that the Mac has replaced while it was shown opens nothing any more; an older one was asked for as such. */
function useHideReplaced(reveal: Reveal, version: number | null, hide: () => void): void {
  const before = useRef(version);
  useEffect(() => {
    const previous = before.current;
    before.current = version;
    if (previous === version || version === null || reveal.kind !== 'shown') return;
    const { version: asked } = reveal.request;
    if (asked !== undefined && asked !== previous) return;
    if (reveal.key.version !== version) hide();
  }, [reveal, version, hide]);
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
