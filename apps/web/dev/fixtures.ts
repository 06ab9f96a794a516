import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { checkInHour } from '@keyhaven/api-contract/check-in';
import type { CorporateIdentifier } from '@keyhaven/api-contract/corporate-identifier';
import type { Device } from '@keyhaven/api-contract/device';
import type { Notice } from '@keyhaven/api-contract/notice';
import type { PushCertificate } from '@keyhaven/api-contract/push-certificate';
import type { AccessLogEntry, KeyVersion } from '@keyhaven/api-contract/recovery-key';

const minute = 60_000;
const day = 24 * 60 * minute;
export const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

export const owner = { id: 'p1', name: 'Jo Doe', email: 'employee@example.com' };

const attempt = (change: Partial<Attempt>): Attempt => ({
  id: `a-${change.state}-${change.reason ?? ''}`,
  kind: 'store',
  state: 'waiting-for-device',
  reason: null,
  startedAt: ago(10 * minute),
  endedAt: change.state === 'saved' || change.state === 'failed' ? ago(4 * minute) : null,
  lastContactAt: ago(3 * 60 * minute),
  startedBy: 'Jo Doe',
  advice: null,
  deviceError: null,
  ...change,
});

const base: Device = {
  id: 'base',
  name: 'Design studio MacBook',
  serialNumber: 'C02XK1ZZJHD3',
  model: 'MacBook Pro 14″',
  osVersion: '26.1',
  ownership: 'personal',
  owner,
  encryption: { enabled: true, hasPersonalRecoveryKey: true, reportedAt: ago(4 * minute) },
  recoveryKey: { state: 'none', version: null, storedAt: null, provenAt: null, source: null },
  attempt: null,
  access: { state: 'grace', until: ago(-6 * day), reasons: ['recovery-key-not-stored'] },
  lastContactAt: ago(4 * minute),
  enrollment: { state: 'active' },
  fileVaultProfile: 'acknowledged',
  concerns: [],
  otherEscrowProfile: null,
  fileVaultProfileRefusal: null,
  claimsDeviceId: null,
  actions: ['store', 'check-status', 'rename', 'remove'],
};
const held: Device = {
  ...base,
  name: 'Office Mac mini',
  model: 'Mac mini',
  ownership: 'corporate',
  recoveryKey: {
    state: 'current',
    version: 3,
    storedAt: ago(12 * day),
    provenAt: ago(12 * day),
    source: 'rotation',
  },
  access: { state: 'can-access', until: null, reasons: [] },
  actions: ['store', 'reveal', 'rotate', 'check-status', 'rename', 'remove'],
};
const failed = (reason: Attempt['reason'], change: Partial<Attempt> = {}): Device => ({
  ...base,
  id: `failed-${reason}`,
  attempt: attempt({ state: 'failed', reason, ...change }),
});

/** One Mac in every state that a page can show. */
export const devices: readonly Device[] = [
  { ...base, id: 'none' },
  { ...held, id: 'current' },
  { ...held, id: 'saved', attempt: attempt({ state: 'saved' }) },
  {
    ...base,
    id: 'waiting',
    recoveryKey: {
      ...base.recoveryKey,
      state: 'candidate',
      version: 1,
      storedAt: ago(minute),
      source: 'typed',
    },
    attempt: attempt({}),
  },
  { ...held, id: 'rotating', attempt: attempt({ kind: 'rotate', state: 'rotating' }) },
  {
    ...held,
    id: 'uncertain',
    recoveryKey: { ...held.recoveryKey, state: 'uncertain' },
    attempt: attempt({ state: 'uncertain', advice: 'make-new-key-at-mac' }),
    access: { state: 'blocked', until: null, reasons: ['recovery-key-uncertain'] },
  },
  {
    ...held,
    id: 'unproven',
    recoveryKey: { ...held.recoveryKey, state: 'unproven', provenAt: null, source: 'escrow-copy' },
  },
  {
    ...base,
    id: 'not-encrypted',
    encryption: { enabled: false, hasPersonalRecoveryKey: false, reportedAt: ago(minute) },
  },
  { ...base, id: 'no-management', fileVaultProfile: 'sent' },
  {
    ...base,
    id: 'management-refused',
    fileVaultProfile: 'refused',
    fileVaultProfileRefusal: 'MCProfileErrorDomain 4001 Only one payload of this type may be installed.',
  },
  { ...held, id: 'odd', concerns: ['certificate-expired', 'serial-number-shared'] },
  {
    ...base,
    id: 'very-odd',
    concerns: [
      'silent',
      'certificate-shared',
      'push-refused',
      'not-user-approved',
      'user-enrollment',
      'other-escrow-profile',
      'restored',
    ],
  },
  {
    ...base,
    id: 'waiting-enrollment',
    enrollment: { state: 'waiting' },
    model: null,
    osVersion: null,
    serialNumber: null,
    actions: [],
  },
  {
    ...base,
    id: 'quarantined',
    name: 'Claimed MacBook',
    owner: { id: 'p3', name: 'Casey Lee', email: 'colleague@example.com' },
    enrollment: { state: 'quarantined' },
    actions: [],
  },
  { ...held, id: 'ended', enrollment: { state: 'ended' }, actions: ['reveal'] },
  failed('wrong-key'),
  failed('device-unreachable'),
  failed('policy-missing'),
  failed('not-encrypted'),
  failed('device-error', { deviceError: 'FDERotationError 5: rotation refused (MDMErrorDomain 12084)' }),
  failed('re-enrolled'),
  failed('superseded'),
  failed('cancelled'),
];

export const notices: readonly Notice[] = [
  {
    id: 'n1',
    kind: 'key-viewed',
    deviceId: 'current',
    deviceName: 'Office Mac mini',
    at: ago(2 * 60 * minute),
    by: 'Sam Field',
    reason: 'Ticket 4711: locked out after the holidays',
    readAt: null,
  },
  {
    id: 'n2',
    kind: 'key-rotated',
    deviceId: 'current',
    deviceName: 'Office Mac mini',
    at: ago(minute),
    by: 'Keyhaven',
    reason: null,
    readAt: null,
  },
];

export const log: readonly AccessLogEntry[] = [
  {
    at: ago(2 * 60 * minute),
    by: 'Sam Field',
    byOwner: false,
    what: 'viewed',
    version: 3,
    reason: 'Ticket 4711: locked out after the holidays',
  },
  { at: ago(12 * day), by: 'the Mac', byOwner: false, what: 'rotated', version: 3, reason: null },
  { at: ago(12 * day), by: 'Keyhaven', byOwner: false, what: 'sent-to-mac', version: 2, reason: null },
  { at: ago(12 * day), by: 'Jo Doe', byOwner: true, what: 'stored', version: 2, reason: null },
];

export const versions: readonly KeyVersion[] = [
  {
    version: 1,
    state: 'rejected',
    source: 'typed',
    storedAt: ago(40 * day),
    provenAt: null,
    canReveal: false,
  },
  {
    version: 2,
    state: 'superseded',
    source: 'typed',
    storedAt: ago(30 * day),
    provenAt: ago(30 * day),
    canReveal: true,
  },
  {
    version: 3,
    state: 'current',
    source: 'rotation',
    storedAt: ago(12 * day),
    provenAt: ago(12 * day),
    canReveal: true,
  },
];

export const checkIns: readonly (typeof checkInHour)['_output'][] = [
  {
    hour: ago(60 * minute),
    lastAt: ago(4 * minute),
    contacts: [
      { kind: 'Idle', count: 12 },
      { kind: 'answer', count: 3 },
    ],
  },
  { hour: ago(5 * 60 * minute), lastAt: ago(5 * 60 * minute), contacts: [{ kind: 'TokenUpdate', count: 1 }] },
  { hour: ago(day), lastAt: ago(day), contacts: [{ kind: 'Authenticate', count: 1 }] },
];

const push = (left: number): PushCertificate => ({
  state: left < 0 ? 'expired' : left <= 60 ? 'expires-soon' : 'valid',
  source: 'stored',
  topic: 'com.apple.mgmt.External.0b0f6a34-6f0b-4a43-9c39-27ab0f2f6d10',
  notBefore: ago((365 - left) * day),
  notAfter: ago(-left * day),
  daysLeft: left,
  enrolledMacs: 412,
  refusedByApple: null,
});

/** By who looks. */
export const pushCertificates: Readonly<Record<string, PushCertificate>> = {
  admin: push(212),
  adminSoon: push(12),
  adminExpired: push(-3),
  adminRefused: { ...push(212), refusedByApple: 'BadCertificate' },
  adminMissing: {
    ...push(0),
    state: 'missing',
    source: 'none',
    topic: null,
    notBefore: null,
    notAfter: null,
    daysLeft: null,
    enrolledMacs: 0,
  },
};

export const companyMacs: readonly CorporateIdentifier[] = [
  'C02XK1ZZJHD3',
  'FVFXC2ABCD12',
  'GXYZ01234567',
].map((serialNumber, index) => ({ serialNumber, addedAt: ago(index * 9 * day), addedBy: 'Sam Field' }));
