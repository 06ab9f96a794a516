import { useQuery } from '@tanstack/react-query';
import { portalQuery } from '../api/queries.ts';
import { useTabTitle } from '../ui/Page.tsx';

/** The tab's name: the page, then the portal. */
export function usePortalTitle(page: string): void {
  const { data } = useQuery(portalQuery);
  useTabTitle(data === undefined ? page : `${page} · ${data.portalName}`);
}
