import { installProfileCommand } from '@keyhaven/apple-mdm/commands/install-profile';
import { after, days } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { findDeviceOfEnrollment, findExpiring, takeRenewalChallenge } from '../devices/devices.ts';
import type { RenderEnrollmentProfile } from '../devices/enrollment-profile.ts';
import type { Command } from './command.ts';
import type { CommandHandler } from './commands.ts';
import { queueCommand } from './queue.ts';
import type { Wake } from './transport.port.ts';

/** A renewal begins this long before the certificate ends, so that a Mac may sleep through most of it. */
const renewBefore = days(60);
const askedAgainAfter = days(1);
const atOnce = 100;

type Context = {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly wake: Wake;
  /** The enrollment profile of this generation, signed, with this challenge. */
  readonly render: RenderEnrollmentProfile;
  /** Whether a profile with a challenge may rest where commands are kept. */
  readonly secretsAllowed: boolean;
};

/** The intent of an InstallProfile that renews a Mac's identity. It holds a challenge, so it asks for presence. */
export const renewalIntent = { profile: 'enrollment', presence: 'required' } as const;

/** Whether this InstallProfile is the enrollment profile again. */
export const isRenewal = (command: Command): boolean => command.intent['profile'] === renewalIntent.profile;

/**
 * The same enrollment profile with a new challenge: the Mac makes a new key, gets a new certificate, and sends
 * Authenticate and TokenUpdate again (reference/apple-mdm.md 2.7).
 */
export const renewalHandler = ({ runner, render, secretsAllowed }: Context): CommandHandler => ({
  render: async (command) => {
    // Queued in a time when it was allowed.
    if (!secretsAllowed) return null;
    const actor = { kind: 'system', name: 'Keyhaven' } as const;
    const { enrollment, device } = command;
    const taken = await runWrite(runner, actor, async ({ tx, now, ids }) => {
      const challenge = await takeRenewalChallenge(tx, enrollment, ids, now);
      if (challenge === null) return refuse({ kind: 'device-not-enrolled' });
      return done(challenge, { action: 'identity.renewal-started', device });
    });
    if (!taken.ok) return null;
    return installProfileCommand(command.id.toUpperCase(), await render(enrollment, taken.value));
  },
});

/**
 * Has every Mac renew whose certificate ends soon, a hundred at a time; returns how many. Asks again after a day. None
 * where the challenge would rest in clear with another server: such a Mac is enrolled again.
 */
export async function renewIdentities({ database, runner, wake, secretsAllowed }: Context): Promise<number> {
  if (!secretsAllowed) return 0;
  const now = runner.clock.now();
  const expiring = await findExpiring(
    database,
    after(now, renewBefore),
    after(now, -askedAgainAfter),
    atOnce,
  );
  for (const enrollment of expiring) await queueRenewal(runner, wake, enrollment);
  return expiring.length;
}

async function queueRenewal(runner: Runner<Tx>, wake: Wake, enrollment: EnrollmentId): Promise<void> {
  await runWrite(runner, { kind: 'system', name: 'Keyhaven' }, async ({ tx, now, ids }) => {
    const device = await findDeviceOfEnrollment(tx, enrollment);
    if (device === null) return refuse({ kind: 'not-found' });
    const command = { id: ids.next<'command'>(), enrollment, device, kind: 'InstallProfile' } as const;
    await queueCommand(tx, wake, { ...command, intent: renewalIntent }, now);
    return done(null, { action: 'device.status-asked', device, detail: { renewal: true } });
  });
}
