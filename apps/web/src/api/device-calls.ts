import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { CreatedEnrollment } from '@keyhaven/api-contract/enrollment';
import type { RevealedKey } from '@keyhaven/api-contract/recovery-key';
import { call } from './http.ts';

const device = (id: string): string => `/devices/${encodeURIComponent(id)}`;

/** Not a mutation of the query library: its cache would keep the typed key. */
export const storeRecoveryKey = (id: string, recoveryKey: string, confirmation: string): Promise<Attempt> =>
  call('PUT', `${device(id)}/recovery-key`, { body: { recoveryKey, confirmation } });

export type RevealRequest = { readonly version?: number; readonly reason?: string };

/** Not a query either: the answer goes to one component and nowhere else. */
export const revealRecoveryKey = (
  id: string,
  request: RevealRequest,
  signal: AbortSignal,
): Promise<RevealedKey> => call('POST', `${device(id)}/recovery-key/reveal`, { body: request, signal });

export const rotateRecoveryKey = (id: string, reason?: string): Promise<Attempt> =>
  call('POST', `${device(id)}/recovery-key/rotate`, { body: reason === undefined ? {} : { reason } });

export const cancelAttempt = (id: string, attemptId: string): Promise<void> =>
  call('DELETE', `${device(id)}/attempts/${encodeURIComponent(attemptId)}`);

export const checkStatus = (id: string): Promise<void> =>
  call('POST', `${device(id)}/check-status`, { body: {} });

export const renameDevice = (id: string, name: string): Promise<void> =>
  call('PATCH', device(id), { body: { name } });

export const removeDevice = (id: string): Promise<void> => call('DELETE', device(id));

export const createEnrollment = (): Promise<CreatedEnrollment> => call('POST', '/enrollments', { body: {} });

export const markNoticeRead = (id: string): Promise<void> =>
  call('POST', `/notices/${encodeURIComponent(id)}/read`, { body: {} });

/** IT's word on a Mac in quarantine. */
export const settleQuarantine = (id: string, decision: 'accept' | 'refuse'): Promise<void> =>
  call('POST', `${device(id)}/quarantine`, { body: { decision } });

export const revokeIdentity = (id: string): Promise<void> => call('DELETE', `${device(id)}/identity`);
