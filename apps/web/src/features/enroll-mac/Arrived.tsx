import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { deviceQuery } from '../../api/queries.ts';
import { Mark } from '../../ui/Mark.tsx';
import { leftToDo } from '../../words/enroll-steps.ts';
import styles from './EnrollOutcome.module.css';

const lookMilliseconds = 3000;

/** The Mac is here: what is left to do, and the way to its page. */
export function Arrived({ deviceId }: { readonly deviceId: string }) {
  const { t } = useTranslation('enroll');
  const { data: device } = useQuery({
    ...deviceQuery(deviceId),
    refetchInterval: ({ state }) =>
      state.data === undefined || leftToDo(state.data) === 'settling' ? lookMilliseconds : false,
  });
  return (
    <section className={styles.outcome} aria-labelledby="outcome-title">
      <div className={styles.head}>
        <Mark tone="good" />
        <h2 id="outcome-title">{t('arrive.arrived')}</h2>
      </div>
      {device === undefined ? null : <p>{t(`arrive.todo.${leftToDo(device)}`)}</p>}
      <div>
        <Link href={`/devices/${deviceId}`} asChild>
          <Button as="a" size="large" appearance="primary">
            {device === undefined ? t('arrive.goPlain') : t('arrive.go', { name: device.name })}
          </Button>
        </Link>
      </div>
    </section>
  );
}
