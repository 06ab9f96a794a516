import { Button } from '@fluentui/react-components';
import { useTranslation } from 'react-i18next';
import { hasCode } from '../../api/problem-error.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useProblemWords } from '../../words/use-problem-text.ts';

type Props = { readonly error: unknown; readonly onSignIn: () => void };

/** Why the key is not shown, and what helps. */
export function RevealRefused({ error, onSignIn }: Props) {
  const { t } = useTranslation();
  const problemWords = useProblemWords();
  if (hasCode(error, 'fresh-sign-in-required') || hasCode(error, 'not-signed-in'))
    return (
      <Banner tone="warning" live>
        <p>{t('reveal.signInFirst')}</p>
        <Button size="large" onClick={onSignIn}>
          {t('app.signIn')}
        </Button>
      </Banner>
    );
  return <ErrorBox {...problemWords(error)} />;
}
