import { useTranslation } from 'react-i18next';
import { isHelpTopic } from '../features/help/HelpTopicList.tsx';
import { HelpTopicText } from '../features/help/HelpTopicText.tsx';
import { Page } from '../ui/Page.tsx';
import type { HelpTopic } from '../words/en/help.ts';
import { BackLink } from './BackLink.tsx';
import { Contact } from './Contact.tsx';
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
  return (
    <Page title={title} above={<BackLink href="/help" label={t('help.all')} />}>
      <HelpTopicText topic={topic} />
      <Contact />
    </Page>
  );
}
