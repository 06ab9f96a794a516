import type { MacParts } from './mac-parts.ts';
import type { Enrollment, MacState } from './mac-state.ts';
import type { MdmAnswer } from './mdm-line.ts';
import type { PlistDict } from './plist.ts';
import { textOf } from './plist-fields.ts';
import { type InstalledProfile, payloadsOfType, type ReadProfile, readProfile } from './profile.ts';
import { type IssuedIdentity, requestCertificate } from './scep/scep-client.ts';
import { readScepPayload } from './scep/scep-payload.ts';
import { makeUuid } from './surroundings.ts';

export type EnrollmentFailure =
  | 'no-mdm-payload'
  | 'no-scep-identity'
  | 'bad-topic'
  | 'bad-server-url'
  | 'server-changed'
  | 'authenticate-refused'
  | 'authenticate-unreachable';

export class EnrollmentError extends Error {
  override readonly name = 'EnrollmentError';
  readonly kind: EnrollmentFailure;
  constructor(kind: EnrollmentFailure) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * Installs an enrollment profile: identity, Authenticate, TokenUpdate. An earlier enrollment ends with the
 * profiles it brought; FileVault and its escrow copy stay. Throws ProfileError, ScepError, EnrollmentError.
 */
export async function enrollMac(parts: MacParts, profileBytes: Buffer): Promise<void> {
  const read = readProfile(profileBytes);
  const mdm = readMdmPayload(read);
  const identity = await askIdentity(parts, read, mdm);
  const enrollment: Enrollment = {
    ...mdm.settings,
    profileIdentifier: read.profile.identifier,
    certificate: identity.certificate.raw,
    privateKeyPem: identity.privateKeyPem,
    token: parts.surroundings.randomBytes(32),
    pushMagic: makeUuid(parts.surroundings),
    tokenDelivered: false,
  };
  await authenticate(parts, enrollment);
  parts.record.unanswered = null;
  parts.record.state = begin(withoutEnrollment(parts.record.state), enrollment, read.profile);
  await sendTokenUpdate(parts);
}

/** The same profile again, through InstallProfile: a new identity for the enrollment that stands. */
export async function renewIdentity(parts: MacParts, read: ReadProfile): Promise<void> {
  const mdm = readMdmPayload(read);
  const current = parts.record.state.enrollment;
  const { topic, serverUrl, checkInUrl } = mdm.settings;
  if (
    current === null ||
    current.profileIdentifier !== read.profile.identifier ||
    current.topic !== topic ||
    current.serverUrl !== serverUrl ||
    current.checkInUrl !== checkInUrl
  ) {
    throw new EnrollmentError('server-changed');
  }
  const identity = await askIdentity(parts, read, mdm);
  const enrollment: Enrollment = {
    ...current,
    ...mdm.settings,
    certificate: identity.certificate.raw,
    privateKeyPem: identity.privateKeyPem,
    tokenDelivered: false,
  };
  await authenticate(parts, enrollment);
  parts.record.state = begin(parts.record.state, enrollment, read.profile);
  await sendTokenUpdate(parts);
}

/** Leaves management: the enrollment and every profile with it. FileVault stays as it is. */
export function withoutEnrollment(state: MacState): MacState {
  if (state.enrollment === null) return state;
  return {
    ...state,
    enrollment: null,
    profiles: [],
    formerTokens: [...state.formerTokens, state.enrollment.token].slice(-20),
  };
}

/** Whether the server took it; the state that goes with it is saved before it leaves. */
export async function sendTokenUpdate(parts: MacParts): Promise<boolean> {
  await parts.record.keepState();
  const { enrollment, identity } = parts.record.state;
  if (enrollment === null) return false;
  const answer = await parts.line(enrollment).checkIn({
    MessageType: 'TokenUpdate',
    Topic: enrollment.topic,
    UDID: identity.udid,
    Token: enrollment.token,
    PushMagic: enrollment.pushMagic,
    AwaitingConfiguration: false,
  });
  if (answer.kind !== 'taken') return false;
  parts.record.state = { ...parts.record.state, enrollment: { ...enrollment, tokenDelivered: true } };
  await parts.record.keepState();
  return true;
}

/** CheckOut: one try, best effort. */
export async function checkOut(parts: MacParts): Promise<void> {
  const { enrollment, identity } = parts.record.state;
  if (enrollment === null || !enrollment.checkOutWhenRemoved) return;
  const message = { MessageType: 'CheckOut', Topic: enrollment.topic, UDID: identity.udid };
  await parts.line(enrollment).checkIn(message);
}

type MdmPayload = {
  readonly settings: Pick<
    Enrollment,
    'topic' | 'serverUrl' | 'checkInUrl' | 'signMessage' | 'checkOutWhenRemoved'
  >;
  readonly scep: PlistDict;
};

function readMdmPayload(read: ReadProfile): MdmPayload {
  const [mdm] = payloadsOfType(read.payloads, 'com.apple.mdm');
  if (mdm === undefined) throw new EnrollmentError('no-mdm-payload');
  const topic = textOf(mdm, 'Topic') ?? '';
  const serverUrl = textOf(mdm, 'ServerURL') ?? '';
  const scep = payloadsOfType(read.payloads, 'com.apple.security.scep').find(
    (payload) => textOf(payload, 'PayloadUUID') === textOf(mdm, 'IdentityCertificateUUID'),
  );
  if (scep === undefined) throw new EnrollmentError('no-scep-identity');
  if (!topic.startsWith('com.apple.mgmt.')) throw new EnrollmentError('bad-topic');
  if (!/^https?:\/\//u.test(serverUrl)) throw new EnrollmentError('bad-server-url');
  return {
    scep,
    settings: {
      topic,
      serverUrl,
      checkInUrl: textOf(mdm, 'CheckInURL') ?? serverUrl,
      signMessage: mdm['SignMessage'] === true,
      checkOutWhenRemoved: mdm['CheckOutWhenRemoved'] === true,
    },
  };
}

async function askIdentity(parts: MacParts, read: ReadProfile, mdm: MdmPayload): Promise<IssuedIdentity> {
  const { identity, habits } = parts.record.state;
  const payload = readScepPayload(mdm.scep, {
    '%SerialNumber%': identity.serialNumber,
    '%HardwareUUID%': identity.udid,
    '%ComputerName%': identity.name,
    '%HostName%': identity.name.replaceAll(' ', '-'),
    '%LocalHostName%': identity.name.replaceAll(' ', '-'),
  });
  if (payload === null) throw new EnrollmentError('no-scep-identity');
  return requestCertificate(payload, habits.scep, parts.surroundings, parts.trust);
}

async function authenticate(parts: MacParts, enrollment: Enrollment): Promise<void> {
  const { identity } = parts.record.state;
  const answer: MdmAnswer = await parts.line(enrollment).checkIn({
    MessageType: 'Authenticate',
    Topic: enrollment.topic,
    UDID: identity.udid,
    DeviceName: identity.name,
    ModelName: identity.modelName,
    Model: identity.model,
    ProductName: identity.model,
    OSVersion: identity.osVersion,
    BuildVersion: identity.buildVersion,
    SerialNumber: identity.serialNumber,
    // Undocumented; captured from a Mac. Servers must not mind what they do not know.
    Challenge: Buffer.from('apple', 'utf8'),
  });
  if (answer.kind === 'unreachable') throw new EnrollmentError('authenticate-unreachable');
  if (answer.kind !== 'taken') throw new EnrollmentError('authenticate-refused');
}

function begin(state: MacState, enrollment: Enrollment, profile: InstalledProfile): MacState {
  const others = state.profiles.filter((installed) => installed.identifier !== profile.identifier);
  return { ...state, enrollment, profiles: [...others, profile] };
}
