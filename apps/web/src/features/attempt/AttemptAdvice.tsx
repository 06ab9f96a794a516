import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Banner } from '../../ui/Banner.tsx';

/** What the owner has to do because nobody else can: a new key, made at the Mac. */
export function AttemptAdvice() {
  const { t } = useTranslation();
  return (
    <Banner tone="warning">
      <p>{t('attempt.makeNewKey')}</p>
      <Link href="/help/rotate-at-the-mac">{t('attempt.makeNewKeyLink')}</Link>
    </Banner>
  );
}
