import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { versionsQuery } from '../../api/queries.ts';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import styles from './OlderVersions.module.css';

type Props = {
  readonly deviceId: string;
  readonly shown: number;
  readonly onShow: (version: number) => void;
};

/** The keys before this one: a person in front of a locked disk may need the one before. */
export function OlderVersions({ deviceId, shown, onShow }: Props) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  const [open, setOpen] = useState(false);
  const versions = useQuery({ ...versionsQuery(deviceId), enabled: open });
  const others = versions.data?.items
    .filter((version) => version.canReveal && version.version !== shown)
    .toSorted((one, other) => other.version - one.version);
  return (
    <Disclosure label={t('reveal.notWork')} onOpen={() => setOpen(true)}>
      {others === undefined ? null : (
        <div className={styles.list}>
          <p>{others.length === 0 ? t('reveal.noOlder') : t('reveal.older')}</p>
          {others.map((version) => (
            <Button key={version.version} size="large" onClick={() => onShow(version.version)}>
              {t('reveal.showVersion', { when: say(version.storedAt) })}
            </Button>
          ))}
        </div>
      )}
    </Disclosure>
  );
}
