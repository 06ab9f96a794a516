import type { CommandId, DeviceId, EnrollmentId } from '../../kernel/id.ts';

/** Apple's RequestTypes that we send. */
export const commandKinds = [
  'DeviceInformation',
  'SecurityInfo',
  'InstallProfile',
  'RemoveProfile',
  'ProfileList',
  'CertificateList',
  'RotateFileVaultKey',
] as const;
export type CommandKind = (typeof commandKinds)[number];

export type CommandState =
  | 'queued'
  | 'delivered'
  | 'not-now'
  | 'acknowledged'
  | 'error'
  | 'format-error'
  | 'cancelled';

/** What is to be done, in ids and plain words; never a secret. The plist is rendered at delivery. */
export type Intent = Readonly<Record<string, string>>;

export type Command = {
  readonly id: CommandId;
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId;
  readonly kind: CommandKind;
  readonly intent: Intent;
  readonly state: CommandState;
  readonly deliveryCount: number;
  readonly deliveredAt: Date | null;
};

export type TerminalStatus = 'Acknowledged' | 'Error' | 'CommandFormatError';

export const stateAfter: Readonly<Record<TerminalStatus, CommandState>> = {
  Acknowledged: 'acknowledged',
  Error: 'error',
  CommandFormatError: 'format-error',
};

/** Whether a Mac has already answered it for good. */
export const isSettled = (command: Command): boolean =>
  command.state === 'acknowledged' || command.state === 'error' || command.state === 'format-error';
