import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { companyMacsQuery } from '../../api/queries.ts';
import { removeSerialNumbers } from '../../api/settings-calls.ts';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { Table } from '../../ui/Table.tsx';
import { Time } from '../../ui/Time.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';

/** The list by serial number, a page at a time. */
export function SerialNumberTable({ mayChange }: { readonly mayChange: boolean }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const problemText = useProblemText();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(companyMacsQuery);
  const removing = useAction(async (serial: string) => {
    await removeSerialNumbers([serial]);
    await client.invalidateQueries({ queryKey: companyMacsQuery.queryKey });
  });
  const problem = removing.error ?? (data === undefined ? error : null);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const columns = [t('macs.column.serial'), t('macs.column.added'), t('macs.column.by')];
  return (
    <>
      {problem === null ? null : <ErrorBox sentence={problemText(problem)} />}
      {data !== undefined && items.length === 0 ? <p>{t('macs.empty')}</p> : null}
      {items.length === 0 ? null : (
        <Table label={t('macs.title')} columns={mayChange ? [...columns, t('macs.column.remove')] : columns}>
          {items.map(({ serialNumber, addedAt, addedBy }) => (
            <tr key={serialNumber}>
              <th scope="row">{serialNumber}</th>
              <td>
                <Time at={addedAt} />
              </td>
              <td>{addedBy}</td>
              {mayChange ? (
                <td>
                  <Button
                    size="small"
                    appearance="subtle"
                    icon={<DismissRegular />}
                    aria-label={t('macs.removeOne', { serial: serialNumber })}
                    disabledFocusable={removing.busy}
                    onClick={() => removing.run(serialNumber)}
                  />
                </td>
              ) : null}
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage ? (
        <div>
          <Button disabledFocusable={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('macs.more')}
          </Button>
        </div>
      ) : null}
    </>
  );
}
