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

/** Everything that a Mac may say of itself, as another would say it. */
export function messagesInTheNameOf({ identity, state }: SimulatedMac): readonly PlistDict[] {
  const { udid } = identity;
  const topic = state.enrollment?.topic ?? '';
  return [
    {
      MessageType: 'Authenticate',
      UDID: udid,
      Topic: topic,
      SerialNumber: identity.serialNumber,
      Model: 'Mac16,1',
    },
    { MessageType: 'TokenUpdate', UDID: udid, Topic: topic, Token: Buffer.alloc(32), PushMagic: 'X' },
    { MessageType: 'CheckOut', UDID: udid, Topic: topic },
    { MessageType: 'UserAuthenticate', UDID: udid, UserID: udid },
    { MessageType: 'GetBootstrapToken', UDID: udid },
    { MessageType: 'SetBootstrapToken', UDID: udid, BootstrapToken: Buffer.alloc(8) },
    { UDID: udid, Status: 'Idle' },
    { UDID: udid, Status: 'NotNow', CommandUUID: unknownUuid },
    { UDID: udid, Status: 'Acknowledged', CommandUUID: unknownUuid },
    { UDID: udid, Status: 'Error', CommandUUID: unknownUuid, ErrorChain: [] },
    { UDID: udid, Status: 'CommandFormatError', CommandUUID: unknownUuid },
  ];
}
