import { certificateListCommand } from '@keyhaven/apple-mdm/commands/certificate-list';
import { deviceInformationCommand } from '@keyhaven/apple-mdm/commands/device-information';
import { profileListCommand } from '@keyhaven/apple-mdm/commands/profile-list';
import { removeProfileCommand } from '@keyhaven/apple-mdm/commands/remove-profile';
import { securityInfoCommand } from '@keyhaven/apple-mdm/commands/security-info';
import type { Command } from './command.ts';
import type { CommandHandler } from './commands.ts';

/** The plist of a command that needs nothing but its intent; null for one that needs more. */
export async function simpleCommand(command: Command): Promise<Buffer | null> {
  const uuid = command.id.toUpperCase();
  switch (command.kind) {
    case 'DeviceInformation':
      return deviceInformationCommand(uuid);
    case 'SecurityInfo':
      return securityInfoCommand(uuid);
    case 'ProfileList':
      return profileListCommand(uuid);
    case 'CertificateList':
      return certificateListCommand(uuid);
    case 'RemoveProfile':
      return removeProfileCommand(uuid, command.intent['identifier'] ?? '');
    case 'InstallProfile':
    case 'RotateFileVaultKey':
      return null;
  }
}

/** A command whose answer changes nothing here. */
export const plainHandler: CommandHandler = { render: simpleCommand };

/** Two handlers of one RequestType, told apart by what the command is for. */
export const byIntent = (
  isFirst: (command: Command) => boolean,
  first: CommandHandler,
  other: CommandHandler,
): CommandHandler => {
  const of = (command: Command): CommandHandler => (isFirst(command) ? first : other);
  return {
    render: (command) => of(command).render(command),
    onAnswer: async (answered) => (await of(answered.command).onAnswer?.(answered)) ?? null,
    onPutOff: async (command) => of(command).onPutOff?.(command),
  };
};
