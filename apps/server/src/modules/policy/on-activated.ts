import type { Ids } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import { queueCommand } from '../commands/queue.ts';
import type { Wake } from '../commands/transport.port.ts';
import type { EnrollmentChange } from '../devices/devices.ts';
import { scheduleDaily } from '../inventory/inventory.ts';

/** A generation went live: ask what the Mac is, how its disk is, and give it the FileVault profile. */
export async function onActivated(
  context: { readonly wake: Wake; readonly ids: Ids; readonly chance: () => number },
  tx: Tx,
  { device, enrollment, now }: EnrollmentChange,
): Promise<readonly NotedAs[]> {
  for (const kind of ['DeviceInformation', 'SecurityInfo', 'InstallProfile'] as const) {
    const id = context.ids.next<'command'>();
    await queueCommand(tx, context.wake, { id, device, enrollment, kind, intent: {} }, now);
  }
  await scheduleDaily(tx, enrollment, now, context.chance());
  await announce(tx, { kind: 'device', device });
  return [];
}
