import type { SecurityInfo } from '@keyhaven/apple-mdm/commands/security-info';
import type { Ids } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from '../devices/device.ts';
import { reportEncryption } from '../devices/devices.ts';
import type { Tell } from '../devices/tell.port.ts';
import { writeManagement } from './inventory.store.ts';

type Scene = {
  readonly tx: Tx;
  readonly now: Date;
  readonly ids: Ids;
  /** Locked, as it was before this answer. */
  readonly device: Device;
  readonly tell: Tell;
};

/**
 * Writes what SecurityInfo says of FileVault and of the enrollment. FileVault off after on goes on record, and its owner
 * and IT are told: once, as the next answer finds it off. Its keys stay, the disk may be about to be encrypted again.
 */
export async function reportSecurity(scene: Scene, info: SecurityInfo): Promise<readonly NotedAs[]> {
  const { tx, now, ids, device, tell } = scene;
  const told = { enabled: info.fdeEnabled, hasPersonalRecoveryKey: info.hasPersonalRecoveryKey };
  await reportEncryption(tx, device.id, told, now);
  const { userApprovedEnrollment: userApproved, isUserEnrollment: userEnrollment } = info;
  await writeManagement(tx, device.id, { userApproved, userEnrollment });
  await announce(tx, { kind: 'device', device: device.id });
  if (device.encryptionEnabled !== true || info.fdeEnabled !== false) return [];
  const notice = { device, kind: 'file-vault-off', reason: null, now } as const;
  await tell.owner(tx, { ...notice, id: ids.next<'notice'>(), by: null });
  await tell.it(tx, { ...notice, ids });
  return [{ action: 'file-vault.turned-off', device: device.id }];
}
