import { generateKeyPairSync } from 'node:crypto';
import { distinguishedName, readCertificate, selfSignedCertificate } from '@keyhaven/mac/certificate';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import type { PlistDict } from '@keyhaven/mac/plist';
import type { BenchWorld } from './bench-world.ts';
import { type MacVoice, voiceWith } from './mac-voice.ts';

/** A CommandUUID that nobody was ever sent. */
export const unknownUuid = '7D0B5A54-0000-4000-8000-00000000ABCD';

/** A certificate that looks like ours, by a key that is not. */
export function foreignVoice(world: BenchWorld, mac: SimulatedMac): MacVoice {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const known = readCertificate(mac.state.enrollment?.certificate ?? Buffer.alloc(0));
  const now = world.clock.now().getTime();
  const certificate = selfSignedCertificate({
    name: distinguishedName([['2.5.4.3', 'Keyhaven device CA']]),
    publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }),
    privateKey,
    serialNumber: known.serialNumber.subarray(2),
    notBefore: new Date(now - 1000),
    notAfter: new Date(now + 86_400_000),
  });
  return voiceWith(world.origin, mac.identity.udid, certificate, privateKey);
}

/** Everything that a Mac may say of itself, or a user of it, as another would say it. */
export function messagesInTheNameOf(
  { identity, state }: SimulatedMac,
  commandUuid = unknownUuid,
): readonly PlistDict[] {
  const { udid: UDID, serialNumber: SerialNumber } = identity;
  const Topic = state.enrollment?.topic ?? '';
  const user = { UDID, UserID: '11111111-1111-4111-8111-111111111111', UserShortName: 'ada' };
  const push = { MessageType: 'TokenUpdate', Topic, Token: Buffer.alloc(32), PushMagic: 'X' };
  return [
    { MessageType: 'Authenticate', UDID, Topic, SerialNumber, Model: 'Mac16,1' },
    { MessageType: 'Authenticate', ...user, Topic },
    { ...push, UDID },
    { ...push, ...user },
    { MessageType: 'CheckOut', UDID, Topic },
    { MessageType: 'CheckOut', ...user, Topic },
    { MessageType: 'UserAuthenticate', ...user },
    { MessageType: 'GetBootstrapToken', UDID },
    { MessageType: 'SetBootstrapToken', UDID, BootstrapToken: Buffer.alloc(8) },
    { MessageType: 'SetBootstrapToken', UDID },
    { MessageType: 'DeclarativeManagement', UDID, Endpoint: 'tokens' },
    { MessageType: 'GetToken', UDID, TokenServiceType: 'com.apple.maid' },
    { UDID, Status: 'Idle' },
    { ...user, Status: 'Idle' },
    { UDID, Status: 'NotNow', CommandUUID: commandUuid },
    { UDID, Status: 'Acknowledged', CommandUUID: commandUuid },
    { ...user, Status: 'Acknowledged', CommandUUID: commandUuid },
    { UDID, Status: 'Error', CommandUUID: commandUuid, ErrorChain: [] },
    { UDID, Status: 'CommandFormatError', CommandUUID: commandUuid },
  ];
}
