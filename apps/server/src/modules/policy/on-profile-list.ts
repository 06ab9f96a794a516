import { type InstalledProfile, readProfileList } from '@keyhaven/apple-mdm/commands/profile-list';
import { after } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import { done, type NotedAs, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Answered, CommandHandler } from '../commands/commands.ts';
import { simpleCommand } from '../commands/simple-command.ts';
import { lockDevice } from '../devices/devices.ts';
import { fileVaultProfileIdentifier } from './file-vault-profile.ts';
import * as store from './profiles.store.ts';
import { untilNextInstall } from './until-next-try.ts';

/** ProfileList: is our profile still there, and is another in its way. */
export const profileListHandler = (runner: Runner<Tx>): CommandHandler => ({
  render: simpleCommand,
  onAnswer: async (answered) => {
    if (answered.answer.status === 'Acknowledged') await reconcile(runner, answered);
    return null;
  },
});

async function reconcile(runner: Runner<Tx>, answered: Answered): Promise<void> {
  const { answer, command, device: id, enrollment } = answered;
  const profiles = readProfileList(answer);
  await runWrite(runner, { kind: 'mac', enrollment, device: id }, async ({ tx, now }) => {
    const device = await lockDevice(tx, id);
    // A generation that is over tells of the past.
    if (device?.enrollmentId !== enrollment) return refuse({ kind: 'not-found' });
    const other = otherEscrowProfile(profiles, enrollment);
    if (await store.writeOtherEscrowProfile(tx, id, other)) {
      await announce(tx, { kind: 'device', device: id });
      if (other === null) await store.retryNow(tx, enrollment, now);
    }
    const ours = profiles.some(({ identifier }) => identifier === fileVaultProfileIdentifier(enrollment));
    const notes: readonly NotedAs[] = ours
      ? await found(tx, enrollment)
      : await missing(tx, answered, await store.findListedProfile(tx, enrollment, command.id), now);
    const [first, ...more] = notes;
    return done(null, first ?? { action: 'device.reported', device: id }, ...more);
  });
}

async function found(tx: Tx, enrollment: EnrollmentId): Promise<readonly NotedAs[]> {
  await store.clearSetbacks(tx, enrollment);
  return [];
}

/** Somebody removed it: it is installed again, and no key is rotated meanwhile. */
async function missing(
  tx: Tx,
  { device, enrollment }: Answered,
  profile: store.ListedProfile | null,
  now: Date,
): Promise<readonly NotedAs[]> {
  if (profile === null || profile.installedVersion === null || !profile.askedSince) return [];
  const setbacks = profile.setbacks + 1;
  await store.loseProfile(tx, enrollment, { setbacks, retryAt: after(now, untilNextInstall(setbacks)) });
  await announce(tx, { kind: 'device', device });
  return [{ action: 'file-vault-profile.missing', device, detail: { times: setbacks } }];
}

const onlyOnePerMac: readonly string[] = [
  'com.apple.security.FDERecoveryKeyEscrow',
  'com.apple.MCX.FileVault2',
];
const longestName = 200;

/** The name of a profile, not ours, with a payload of which a Mac takes one only (reference, section 5.1). */
export function otherEscrowProfile(
  profiles: readonly InstalledProfile[],
  enrollment: EnrollmentId,
): string | null {
  const other = profiles.find(
    ({ identifier, payloads }) =>
      identifier !== fileVaultProfileIdentifier(enrollment) &&
      payloads.some(({ type }) => onlyOnePerMac.includes(type)),
  );
  if (other === undefined) return null;
  const name = (other.displayName ?? '').trim();
  return (name === '' ? other.identifier : name).slice(0, longestName).toWellFormed();
}
