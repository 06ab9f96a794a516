import type {
  PushCertificate,
  PushCertificateRequest,
  PushCertificateRequestBody,
  PushCertificateUpload,
} from '@keyhaven/api-contract/push-certificate';
import { call } from './http.ts';

const push = '/settings/push-certificate';

/** Not a mutation of the query library: its cache would keep the key and the password. */
export const storePushCertificate = (upload: PushCertificateUpload): Promise<PushCertificate> =>
  call('PUT', push, { body: upload });

export const requestPushCertificate = (body: PushCertificateRequestBody): Promise<PushCertificateRequest> =>
  call('POST', `${push}/requests`, { body });

/** What mdmcert.download sent by mail, opened: the file for Apple. */
export const openSignedRequest = (id: string, answer: string): Promise<{ readonly request: string }> =>
  call('POST', `${push}/requests/${encodeURIComponent(id)}/decrypt`, { body: { answer } });

type Changed = { readonly changed: number };

export const addSerialNumbers = (serialNumbers: readonly string[]): Promise<Changed> =>
  call('POST', '/corporate-identifiers', { body: { serialNumbers } });

export const removeSerialNumbers = (serialNumbers: readonly string[]): Promise<Changed> =>
  call('DELETE', '/corporate-identifiers', { body: { serialNumbers } });
