import { Button, Field, Input } from '@fluentui/react-components';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { allDevicesQuery } from '../api/queries.ts';
import { Bones } from '../ui/Bones.tsx';
import { ButtonRow } from '../ui/ButtonRow.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page, useTabTitle } from '../ui/Page.tsx';
import styles from './DevicesPage.module.css';
import { DeviceTable } from './DeviceTable.tsx';
import { LoadProblem } from './LoadProblem.tsx';

/** All Macs that this person may see. */
export function DevicesPage() {
  const { t } = useTranslation(['console', 'translation']);
  useTabTitle(`${t('console:devices')} · ${t('console:title')}`);
  const [search, setSearch] = useState('');
  const [cursor, setCursor] = useState<string | null>(null);
  const settled = useSettled(search.trim());
  const devices = useQuery({ ...allDevicesQuery(settled, cursor), placeholderData: keepPreviousData });
  return (
    <Page title={t('console:devices')}>
      <Field label={t('console:search')} className={styles.search ?? ''}>
        <Input
          type="search"
          value={search}
          placeholder={t('console:searchHint')}
          onChange={(_, data) => {
            setSearch(data.value);
            setCursor(null);
          }}
        />
      </Field>
      <Loaded
        query={devices}
        waiting={<Bones label={t('translation:app.loading')} rows={4} />}
        failed={(error, retry) => <LoadProblem error={error} onRetry={retry} />}
      >
        {({ items, next }) => (
          <>
            {items.length === 0 ? <p>{t('console:none')}</p> : <DeviceTable devices={items} />}
            <ButtonRow>
              {cursor === null ? null : <Button onClick={() => setCursor(null)}>{t('console:first')}</Button>}
              {next === null ? null : <Button onClick={() => setCursor(next)}>{t('console:next')}</Button>}
            </ButtonRow>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const settleMilliseconds = 250;

/** The text once the typing has paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settleMilliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
