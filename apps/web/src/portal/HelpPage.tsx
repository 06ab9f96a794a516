import { useTranslation } from 'react-i18next';
import { HelpTopicList } from '../features/help/HelpTopicList.tsx';
import { Page } from '../ui/Page.tsx';
import { Contact } from './Contact.tsx';
import { usePortalTitle } from './use-portal-title.ts';

/** Help for every action, and how to reach IT. */
export function HelpPage() {
  const { t } = useTranslation();
  usePortalTitle(t('help.title'));
  return (
    <Page title={t('help.title')}>
      <HelpTopicList />
      <Contact />
    </Page>
  );
}
