import type { checkInHour } from '@keyhaven/api-contract/check-in';
import type { CorporateIdentifier } from '@keyhaven/api-contract/corporate-identifier';
import type { Device, DeviceList } from '@keyhaven/api-contract/device';
import type { EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import type { Notice } from '@keyhaven/api-contract/notice';
import type { Me } from '@keyhaven/api-contract/person';
import type { PortalInfo } from '@keyhaven/api-contract/portal';
import type { PushCertificate } from '@keyhaven/api-contract/push-certificate';
import type { AccessLogEntry, KeyVersion } from '@keyhaven/api-contract/recovery-key';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './http.ts';
import { isOpen } from './open-attempt.ts';

/** The contacts of one Mac in one hour. */
export type CheckInHour = (typeof checkInHour)['_output'];

type List<Item> = { readonly items: readonly Item[]; readonly next: string | null };

/** Polling is the fall-back for a broken event stream, and only while something is on its way. */
const pollMilliseconds = 3000;

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => call<Me>('GET', '/me') });

export const portalQuery = queryOptions({
  queryKey: ['portal'],
  queryFn: () => call<PortalInfo>('GET', '/portal'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const myDevicesQuery = queryOptions({
  queryKey: ['devices', 'mine'],
  queryFn: () => call<DeviceList>('GET', '/devices?scope=mine&limit=200'),
  refetchInterval: (query) =>
    query.state.data?.items.some((item) => isOpen(item.attempt)) === true ? pollMilliseconds : false,
});

export const allDevicesQuery = (search: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['devices', 'all', search, cursor],
    queryFn: () => {
      const query = new URLSearchParams({ scope: 'all', limit: '50' });
      if (search !== '') query.set('search', search);
      if (cursor !== null) query.set('cursor', cursor);
      return call<DeviceList>('GET', `/devices?${query.toString()}`);
    },
  });

export const deviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['device', id],
    queryFn: () => call<Device>('GET', `/devices/${encodeURIComponent(id)}`),
    refetchInterval: (query) => (isOpen(query.state.data?.attempt) ? pollMilliseconds : false),
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['device', id, 'versions'],
    queryFn: () => call<List<KeyVersion>>('GET', `/devices/${encodeURIComponent(id)}/recovery-key/versions`),
  });

export const accessLogQuery = (id: string) =>
  queryOptions({
    queryKey: ['device', id, 'access-log'],
    queryFn: () => call<List<AccessLogEntry>>('GET', `/devices/${encodeURIComponent(id)}/access-log`),
  });

export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: () => call<List<Notice>>('GET', '/notices'),
});

export const enrollmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['enrollment', id],
    queryFn: () => call<EnrollmentProgress>('GET', `/enrollments/${encodeURIComponent(id)}`),
  });

export const checkInsQuery = (id: string) =>
  queryOptions({
    queryKey: ['device', id, 'check-ins'],
    queryFn: () => call<List<CheckInHour>>('GET', `/devices/${encodeURIComponent(id)}/check-ins?limit=24`),
  });

export const pushCertificateQuery = queryOptions({
  queryKey: ['push-certificate'],
  queryFn: () => call<PushCertificate>('GET', '/settings/push-certificate'),
});

export const companyMacsQuery = infiniteQueryOptions({
  queryKey: ['company-macs'],
  initialPageParam: '',
  queryFn: ({ pageParam }) => {
    const query = new URLSearchParams(pageParam === '' ? {} : { cursor: pageParam });
    return call<List<CorporateIdentifier>>('GET', `/corporate-identifiers?${query.toString()}`);
  },
  getNextPageParam: ({ next }) => next,
});
