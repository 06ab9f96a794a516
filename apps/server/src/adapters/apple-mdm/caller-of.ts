import type { Caller } from '../../modules/commands/commands.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';

/** The Mac as the conversation knows it; null before its Authenticate. */
export function callerOf(mac: KnownMac): Caller | null {
  const { enrollment, device, ownership } = mac;
  return device === null ? null : { enrollment, device, ownership, standing: standingOf(mac) };
}

function standingOf(mac: KnownMac): Caller['standing'] {
  if (mac.state === 'quarantined') return 'quarantined';
  return mac.current && mac.state === 'active' ? 'active' : 'ended';
}
