import type { ReactNode } from 'react';

type Query<Data> = {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
};
type Props<Data> = {
  readonly query: Query<Data>;
  readonly waiting: ReactNode;
  readonly failed: (error: unknown, retry: () => void) => ReactNode;
  readonly children: (data: Data) => ReactNode;
};

/** What has been fetched, or its shape while it comes, or why it did not. Old data stays over a failed refresh. */
export function Loaded<Data>({ query, waiting, failed, children }: Props<Data>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  return query.error === null ? waiting : failed(query.error, () => void query.refetch());
}
