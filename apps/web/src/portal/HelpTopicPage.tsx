import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { portalQuery } from '../api/queries.ts';
import { ContactCard } from '../features/contact/ContactCard.tsx';
import { isHelpTopic } from '../features/help/HelpTopicList.tsx';
import { HelpTopicText } from '../features/help/HelpTopicText.tsx';
import { Page } from '../ui/Page.tsx';
import type { HelpTopic } from '../words/en-help.ts';
import { BackLink } from './BackLink.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { usePortalTitle } from './use-portal-title.ts';

export function HelpTopicPage({ topic }: { readonly topic: string }) {
  return isHelpTopic(topic) ? <Topic topic={topic} /> : <NotFoundPage />;
}

function Topic({ topic }: { readonly topic: HelpTopic }) {
  const { t } = useTranslation();
  const { t: help } = useTranslation('help');
  const title = help(`${topic}.title`);
  usePortalTitle(title);
  const portal = useQuery(portalQuery);
  return (
    <Page title={title} above={<BackLink href="/help" label={t('help.all')} />}>
      <HelpTopicText topic={topic} />
      {portal.data === undefined ? null : <ContactCard portal={portal.data} />}
    </Page>
  );
}
