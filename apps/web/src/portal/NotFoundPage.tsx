import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Page } from '../ui/Page.tsx';
import { usePortalTitle } from './use-portal-title.ts';

export function NotFoundPage() {
  const { t } = useTranslation();
  usePortalTitle(t('problem.notFoundTitle'));
  return (
    <Page title={t('problem.notFoundTitle')}>
      <p>{t('problem.notFound')}</p>
      <p>
        <Link href="/">{t('app.myMacs')}</Link>
      </p>
    </Page>
  );
}
