import { sql } from 'kysely';
import type { DeviceId, EnrollmentId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import { namedQuery, prepared } from '../../platform/db/named-statements.ts';

export type Reason = 'daily' | 'profile-2' | 'profile-10' | 'profile-60';

export async function schedule(tx: Tx, enrollment: EnrollmentId, reason: Reason, at: Date): Promise<void> {
  await sql`insert into inventory_schedule (enrollment_id, reason, due_at)
    values (${enrollment}, ${reason}, ${at})
    on conflict (enrollment_id, reason) do update set due_at = excluded.due_at`.execute(tx);
}

export async function unschedule(tx: Tx, enrollment: EnrollmentId, reason: Reason): Promise<void> {
  await sql`delete from inventory_schedule
    where enrollment_id = ${enrollment} and reason = ${reason}`.execute(tx);
}

export type Due = {
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId | null;
  readonly reason: Reason;
  /** Its Mac is still under this generation and answers to us. */
  readonly live: boolean;
};

/** What is due, locked to the end of the transaction; what another process has is passed over. */
export async function takeDue(tx: Tx, now: Date, limit: number): Promise<readonly Due[]> {
  const { rows } = await sql<Due>`
    select s.enrollment_id as enrollment, e.device_id as device, s.reason,
      e.state = 'active' and d.enrollment_id = e.id and d.removed_at is null as live
    from inventory_schedule s join enrollments e on e.id = s.enrollment_id
    left join devices d on d.id = e.device_id
    where s.due_at <= ${now} order by s.due_at limit ${limit} for update of s skip locked`.execute(tx);
  return rows;
}

export type HardwareFacts = {
  readonly hostName: string | null;
  readonly isSupervised: boolean | null;
  readonly isAppleSilicon: boolean | null;
};

/** What DeviceInformation says beside name, model and version. null changes nothing. */
export async function writeHardware(tx: Tx, device: DeviceId, told: HardwareFacts): Promise<void> {
  await sql`update devices set host_name = coalesce(${told.hostName}, host_name),
      is_supervised = coalesce(${told.isSupervised}, is_supervised),
      is_apple_silicon = coalesce(${told.isAppleSilicon}, is_apple_silicon)
    where id = ${device}`.execute(tx);
}

const writeManagementStatement = prepared(
  'write-management',
  `update devices set user_approved = coalesce($2, user_approved), user_enrollment = coalesce($3, user_enrollment)
   where id = $1 and (user_approved, user_enrollment)
     is distinct from (coalesce($2, user_approved), coalesce($3, user_enrollment))`,
);

/** What SecurityInfo says of the enrollment. null changes nothing. */
export async function writeManagement(
  tx: Tx,
  device: DeviceId,
  told: { readonly userApproved: boolean | null; readonly userEnrollment: boolean | null },
): Promise<void> {
  await namedQuery(tx, writeManagementStatement, [device, told.userApproved, told.userEnrollment]);
}
