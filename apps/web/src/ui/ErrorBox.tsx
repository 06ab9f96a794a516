import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Banner } from './Banner.tsx';
import { Disclosure } from './Disclosure.tsx';

type Props = {
  readonly sentence: string;
  readonly detail?: { readonly label: string; readonly text: string } | null;
  readonly retry?: { readonly label: string; readonly onRetry: () => void };
  readonly children?: ReactNode;
};

/** What went wrong in one kind sentence, what IT would ask for behind a fold, and another try. */
export function ErrorBox({ sentence, detail = null, retry, children }: Props) {
  return (
    <Banner tone="bad" live>
      <p>{sentence}</p>
      {children}
      {detail === null ? null : <Disclosure label={detail.label}>{detail.text}</Disclosure>}
      {retry === undefined ? null : <Button onClick={retry.onRetry}>{retry.label}</Button>}
    </Banner>
  );
}
