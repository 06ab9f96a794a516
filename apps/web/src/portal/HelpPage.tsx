import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { portalQuery } from '../api/queries.ts';
import { ContactCard } from '../features/contact/ContactCard.tsx';
import { HelpTopicList } from '../features/help/HelpTopicList.tsx';
import { Page } from '../ui/Page.tsx';
import { usePortalTitle } from './use-portal-title.ts';

/** Help for every action, and how to reach IT. */
export function HelpPage() {
  const { t } = useTranslation();
  usePortalTitle(t('help.title'));
  const portal = useQuery(portalQuery);
  return (
    <Page title={t('help.title')}>
      <HelpTopicList />
      {portal.data === undefined ? null : <ContactCard portal={portal.data} />}
    </Page>
  );
}
