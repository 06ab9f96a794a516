import {
  type DeviceInformation,
  readDeviceInformation,
} from '@keyhaven/apple-mdm/commands/device-information';
import type { EnrollmentId } from '../../kernel/id.ts';
import { announce } from '../../platform/changes/changes.ts';
import { type Database, type Tx, transaction } from '../../platform/db/database.ts';
import type { Answered, CommandHandler } from '../commands/commands.ts';
import { simpleCommand } from '../commands/simple-command.ts';
import type { Device } from '../devices/device.ts';
import { lockDevice, updateInventory } from '../devices/devices.ts';
import { writeHardware } from './inventory.store.ts';

/** A Mac says another UDID or serial number than at Authenticate: its certificate may be at work elsewhere. */
export type OnIdentityMismatch = (
  tx: Tx,
  mismatch: {
    readonly device: Device;
    readonly enrollment: EnrollmentId;
    readonly what: 'udid' | 'serial-number';
  },
) => Promise<void>;

/** DeviceInformation: the Mac tells its name, model and version. */
export const deviceInformationHandler = (
  database: Database,
  onIdentityMismatch: OnIdentityMismatch = async () => undefined,
): CommandHandler => ({
  render: simpleCommand,
  onAnswer: async (answered) => {
    if (answered.answer.status === 'Acknowledged') {
      await transaction(database, (tx) => take(tx, answered, onIdentityMismatch));
    }
    return null;
  },
});

async function take(tx: Tx, answered: Answered, onIdentityMismatch: OnIdentityMismatch): Promise<void> {
  const { answer, enrollment } = answered;
  const device = await lockDevice(tx, answered.device);
  // A generation that is over tells of the past.
  if (device === null || device.enrollmentId !== enrollment) return;
  const told = readDeviceInformation(answer);
  const what = mismatchOf(device, told);
  if (what !== null) {
    // Of which Mac the rest would be, nobody knows.
    await onIdentityMismatch(tx, { device, enrollment, what });
    return;
  }
  await updateInventory(tx, device.id, {
    deviceName: told.deviceName,
    serialNumber: null,
    model: told.modelName ?? told.model,
    productName: told.productName,
    osVersion: told.osVersion,
    buildVersion: told.buildVersion,
  });
  const { hostName, isSupervised, isAppleSilicon } = told;
  await writeHardware(tx, device.id, { hostName, isSupervised, isAppleSilicon });
  await announce(tx, { kind: 'device', device: device.id });
}

function mismatchOf(
  device: Pick<Device, 'udid' | 'serialNumber'>,
  told: Pick<DeviceInformation, 'udid' | 'serialNumber'>,
): 'udid' | 'serial-number' | null {
  if (told.udid !== null && told.udid !== device.udid) return 'udid';
  const knows = told.serialNumber !== null && device.serialNumber !== null;
  return knows && told.serialNumber !== device.serialNumber ? 'serial-number' : null;
}
