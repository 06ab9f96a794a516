import { writeCommand } from './command.ts';

/** `profile` is a configuration profile, signed or not. Its answer has no result of its own. */
export function installProfileCommand(uuid: string, profile: Uint8Array): Buffer {
  return writeCommand(uuid, 'InstallProfile', { Payload: profile });
}
