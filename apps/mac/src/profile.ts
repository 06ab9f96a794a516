import { readCertificate } from './certificate.ts';
import { readSignedData, verifySigner } from './cms/read-signed-data.ts';
import { isPlistDict, type PlistDict, parsePlistDict } from './plist.ts';
import { arrayOf, dataOf, numberOf, textOf } from './plist-fields.ts';

/** One payload of a profile, as ProfileList tells of it. */
export type PayloadHead = {
  readonly type: string;
  readonly identifier: string;
  readonly uuid: string;
  readonly version: number;
  readonly displayName: string | null;
};

export type EscrowPayload = {
  /** DER, RSA. */
  readonly certificate: Buffer;
  readonly deviceKey: string | null;
};

/** A profile as the Mac keeps it. */
export type InstalledProfile = {
  readonly identifier: string;
  readonly uuid: string;
  readonly version: number;
  readonly displayName: string | null;
  readonly removalDisallowed: boolean;
  readonly payloads: readonly PayloadHead[];
  /** Certificate of the CMS signature, where there was one. */
  readonly signer: Buffer | null;
  readonly escrow: EscrowPayload | null;
  /** com.apple.MCX.FileVault2 with Enable "On": FileVault turns on at the next login. */
  readonly wantsFileVault: boolean;
  /** Certificate payloads, DER. */
  readonly certificates: readonly Buffer[];
};

/** A profile just read: what will be kept, and the payloads in full for enrolling. */
export type ReadProfile = { readonly profile: InstalledProfile; readonly payloads: readonly PlistDict[] };

export type ProfileFailure = 'malformed' | 'bad-signature' | 'escrow-certificate-missing' | 'not-for-a-mac';

export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly kind: ProfileFailure;
  constructor(kind: ProfileFailure) {
    super(kind);
    this.kind = kind;
  }
}

const CERTIFICATE_TYPES: readonly string[] = ['com.apple.security.pkcs1', 'com.apple.security.root'];

/** Reads a .mobileconfig, signed or not. Throws ProfileError. */
export function readProfile(bytes: Buffer): ReadProfile {
  const { content, signer } = unwrap(bytes);
  const top = parse(content);
  if (textOf(top, 'PayloadType') !== 'Configuration') throw new ProfileError('malformed');
  const device = numberOf(top, 'TargetDeviceType');
  if (device !== null && device !== 0 && device !== 5) throw new ProfileError('not-for-a-mac');
  const payloads = (arrayOf(top, 'PayloadContent') ?? []).filter((payload) => isPlistDict(payload));
  const head = headOf(top);
  return {
    payloads,
    profile: {
      identifier: head.identifier,
      uuid: head.uuid,
      version: head.version,
      displayName: head.displayName,
      removalDisallowed: top['PayloadRemovalDisallowed'] === true,
      payloads: payloads.map((payload) => headOf(payload)),
      signer,
      escrow: readEscrow(payloads),
      wantsFileVault: payloads.some(
        (payload) => typeOf(payload) === 'com.apple.MCX.FileVault2' && textOf(payload, 'Enable') === 'On',
      ),
      certificates: payloads
        .filter((payload) => CERTIFICATE_TYPES.includes(typeOf(payload)))
        .flatMap((payload) => dataOf(payload, 'PayloadContent') ?? []),
    },
  };
}

/** The payloads of a type. */
export function payloadsOfType(payloads: readonly PlistDict[], type: string): readonly PlistDict[] {
  return payloads.filter((payload) => typeOf(payload) === type);
}

const typeOf = (payload: PlistDict): string => textOf(payload, 'PayloadType') ?? '';

function unwrap(bytes: Buffer): { readonly content: Buffer; readonly signer: Buffer | null } {
  if (bytes[0] !== 0x30) return { content: bytes, signer: null };
  try {
    const signed = readSignedData(bytes);
    if (signed.content === null) throw new ProfileError('bad-signature');
    const { certificate } = verifySigner(signed, signed.content);
    return { content: signed.content, signer: certificate.raw };
  } catch {
    throw new ProfileError('bad-signature');
  }
}

function parse(content: Buffer): PlistDict {
  try {
    return parsePlistDict(content);
  } catch {
    throw new ProfileError('malformed');
  }
}

function headOf(payload: PlistDict): PayloadHead {
  const identifier = textOf(payload, 'PayloadIdentifier');
  const uuid = textOf(payload, 'PayloadUUID');
  const type = textOf(payload, 'PayloadType');
  const version = numberOf(payload, 'PayloadVersion');
  if (identifier === null || uuid === null || type === null || version === null) {
    throw new ProfileError('malformed');
  }
  return { type, identifier, uuid, version, displayName: textOf(payload, 'PayloadDisplayName') };
}

/** EncryptCertPayloadUUID must name a pkcs1 payload of the same profile, RSA. */
function readEscrow(payloads: readonly PlistDict[]): EscrowPayload | null {
  const [escrow] = payloadsOfType(payloads, 'com.apple.security.FDERecoveryKeyEscrow');
  if (escrow === undefined) return null;
  const named = payloadsOfType(payloads, 'com.apple.security.pkcs1').find(
    (payload) => textOf(payload, 'PayloadUUID') === textOf(escrow, 'EncryptCertPayloadUUID'),
  );
  const certificate = named === undefined ? null : dataOf(named, 'PayloadContent');
  if (certificate === null || textOf(escrow, 'Location') === null || !isCertificate(certificate)) {
    throw new ProfileError('escrow-certificate-missing');
  }
  return { certificate, deviceKey: textOf(escrow, 'DeviceKey') };
}

function isCertificate(der: Buffer): boolean {
  try {
    readCertificate(der);
    return true;
  } catch {
    return false;
  }
}
