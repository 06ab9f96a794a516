import { Button, Field, Textarea } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { companyMacsQuery } from '../../api/queries.ts';
import { addSerialNumbers, removeSerialNumbers } from '../../api/settings-calls.ts';
import { ButtonRow } from '../../ui/ButtonRow.tsx';
import { ErrorBox } from '../../ui/ErrorBox.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useProblemText } from '../../words/use-problem-text.ts';
import { inParts, readSerialNumbers } from './serial-numbers.ts';

/** A pasted list, put on the list or taken off it, and how many made a difference. */
export function ChangeList() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const problemText = useProblemText();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const { busy, error, run } = useAction(async (change: 'added' | 'removed') => {
    setSaid('');
    const { good, bad } = readSerialNumbers(text);
    const none = good.length === 0 && bad.length === 0;
    setFault(none ? t('macs.none') : bad.length > 0 ? t('macs.bad', badWords(bad)) : null);
    if (none || bad.length > 0) return;
    let changed = 0;
    for (const part of inParts(good))
      changed += (await (change === 'added' ? addSerialNumbers(part) : removeSerialNumbers(part))).changed;
    await client.invalidateQueries({ queryKey: companyMacsQuery.queryKey });
    const all = changed === good.length;
    setSaid(t(all ? `macs.${change}All` : `macs.${change}`, { changed, given: good.length }));
    setText('');
  });
  return (
    <>
      <Field
        label={t('macs.label')}
        hint={t('macs.hint')}
        validationMessage={fault}
        validationState={fault === null ? 'none' : 'error'}
      >
        <Textarea rows={4} value={text} onChange={(_, { value }) => setText(value)} />
      </Field>
      <ButtonRow>
        <Button appearance="primary" disabledFocusable={busy} onClick={() => run('added')}>
          {t('macs.add')}
        </Button>
        <Button disabledFocusable={busy} onClick={() => run('removed')}>
          {t('macs.remove')}
        </Button>
      </ButtonRow>
      <p role="status">{said}</p>
      {error === null ? null : <ErrorBox sentence={problemText(error)} />}
    </>
  );
}

const mostNamed = 5;

/** The first few, so that a wrong paste does not fill the page. */
const badWords = (bad: readonly string[]): { readonly count: number; readonly serials: string } => ({
  count: bad.length,
  serials: [...bad.slice(0, mostNamed), ...(bad.length > mostNamed ? ['…'] : [])].join(', '),
});
