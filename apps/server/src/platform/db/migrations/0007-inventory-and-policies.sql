-- The version of a policy whose profile its Macs should have: the newest that altered the profile.
alter table policies add column profile_version int not null default 1;

-- installed_version: what the Mac has acknowledged and, by its ProfileList, still has; a replacement that waits or is
-- refused leaves it. asked_version: what was queued last. A profile that was refused or went missing is due again at
-- retry_at, later each time (setbacks).
alter table file_vault_profiles
  drop constraint file_vault_profiles_state_check,
  add constraint file_vault_profiles_state_check check (state in ('none', 'sent', 'acknowledged', 'refused')),
  add column installed_version int,
  add column asked_version int not null default 0,
  add column setbacks int not null default 0,
  add column retry_at timestamptz;
update file_vault_profiles set asked_version = policy_version,
  installed_version = case when state = 'acknowledged' then policy_version end,
  retry_at = case when state = 'refused' then sent_at end;
create index profiles_by_asked_version on file_vault_profiles (policy_id, asked_version);
create index profiles_to_retry on file_vault_profiles (retry_at) where retry_at is not null;

-- What a Mac tells of itself. null: it has not said. The other profile's name is the Mac's word.
alter table devices
  add column host_name text,
  add column is_supervised boolean,
  add column is_apple_silicon boolean,
  add column user_approved boolean,
  add column user_enrollment boolean,
  add column other_escrow_profile text;

-- When a Mac is to be asked next, and why.
create table inventory_schedule (
  enrollment_id uuid not null references enrollments on delete restrict,
  reason text not null check (reason in ('daily', 'profile-2', 'profile-10', 'profile-60')),
  due_at timestamptz not null,
  primary key (enrollment_id, reason)
);
create index inventory_due on inventory_schedule (due_at);
insert into inventory_schedule (enrollment_id, reason, due_at)
  select id, 'daily', now() + random() * interval '1 day' from enrollments where state = 'active';

-- How often a Mac was in contact, by hour.
create table check_ins (
  device_id uuid not null references devices on delete restrict,
  hour timestamptz not null,
  kind text not null check (kind in ('Authenticate', 'TokenUpdate', 'CheckOut', 'Idle', 'answer')),
  count int not null,
  last_at timestamptz not null,
  primary key (device_id, hour, kind)
);
create index check_ins_by_hour on check_ins (hour);

-- The version that the newest escrow copy of a generation holds; newest by the question that it answered.
create table escrow_copies (
  enrollment_id uuid primary key references enrollments on delete restrict,
  key_version_id uuid not null references key_versions on delete restrict,
  question_sequence bigint not null
);

-- The last version number of the Mac when the rotation went out: what is numbered higher came in since.
alter table attempts add column delivered_version int;
update attempts t set delivered_version = coalesce((select max(version) from key_versions v
  where v.device_id = t.device_id and v.stored_at <= t.delivered_at), 0) where delivered_at is not null;

-- Rotations that Keyhaven itself is to begin, one a Mac; tried again later each time until one is saved.
create table due_rotations (
  device_id uuid primary key references devices on delete restrict,
  reason text not null check (reason in ('interval', 'after-reveal', 'prove')),
  due_at timestamptz not null,
  tries int not null default 0
);
create index due_rotations_by_time on due_rotations (due_at);
create index current_keys_by_age on key_versions (stored_at) where state = 'current';
create index unproven_keys on key_versions (device_id, version) where state = 'unproven';
create index system_attempts on attempts (started_at) where started_by is null;
