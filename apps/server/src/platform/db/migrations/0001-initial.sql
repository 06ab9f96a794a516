-- People are the identity provider's issuer and subject, never the e-mail.
create table people (
  id uuid primary key,
  issuer text not null,
  subject text not null,
  email text not null,
  email_verified boolean not null,
  name text not null,
  locale text not null default 'en',
  created_at timestamptz not null,
  last_signed_in_at timestamptz,
  unique (issuer, subject)
);

create table role_assignments (
  person_id uuid not null references people on delete restrict,
  role text not null check (role in ('administrator', 'help-desk', 'auditor', 'read-only')),
  granted_at timestamptz not null,
  granted_by uuid references people on delete restrict,
  primary key (person_id, role)
);

-- Facts about this installation that must be taken once (first administrator, production or evaluation).
create table installation (
  key text primary key,
  value text not null,
  created_at timestamptz not null
);

create table sessions (
  id uuid primary key,
  token_hash bytea not null unique,
  person_id uuid not null references people on delete restrict,
  -- auth_time of the identity provider; null where it does not say, and then nothing counts as fresh.
  authenticated_at timestamptz,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_of_person on sessions (person_id, created_at);

create table devices (
  id uuid primary key,
  udid text not null,
  serial_number text,
  owner_id uuid not null references people on delete restrict,
  ownership text not null check (ownership in ('personal', 'corporate')),
  -- Null while the ownership is the one it was enrolled with.
  ownership_changed_at timestamptz,
  name text not null,
  renamed boolean not null default false,
  model text,
  product_name text,
  os_version text,
  build_version text,
  encryption_enabled boolean,
  has_personal_recovery_key boolean,
  encryption_reported_at timestamptz,
  last_contact_at timestamptz,
  -- The generation that counts now. An older enrollment never gets a command again.
  enrollment_id uuid,
  quarantined_at timestamptz,
  removed_at timestamptz,
  last_key_version int not null default 0,
  created_at timestamptz not null
);
create unique index one_device_per_udid on devices (udid) where quarantined_at is null;
create index devices_of_owner on devices (owner_id);
create index devices_by_name on devices (lower(name), id);

-- One row a generation of a Mac's enrollment; made before the Mac is known.
create table enrollments (
  id uuid primary key,
  person_id uuid not null references people on delete restrict,
  session_id uuid references sessions on delete restrict,
  ownership text not null check (ownership in ('personal', 'corporate')),
  device_id uuid references devices on delete restrict,
  state text not null check (state in ('offered', 'authenticated', 'active', 'ended', 'quarantined')),
  challenge_hash bytea not null,
  expires_at timestamptz not null,
  profile_served_at timestamptz,
  scep_transaction_id text,
  scep_public_key_sha256 bytea,
  certificate_der bytea,
  certificate_sha256 bytea unique,
  udid text,
  push_topic text,
  push_token bytea,
  push_magic text,
  push_refused_at timestamptz,
  -- When to push again while something waits in the queue, and how often we have.
  push_due_at timestamptz,
  push_count int not null default 0,
  created_at timestamptz not null,
  authenticated_at timestamptz,
  activated_at timestamptz,
  ended_at timestamptz
);
alter table devices
  add constraint devices_enrollment_fk foreign key (enrollment_id) references enrollments on delete restrict;
create index enrollments_of_device on enrollments (device_id);
create index enrollments_to_push on enrollments (push_due_at) where push_due_at is not null;

create table policies (
  id uuid primary key,
  name text not null,
  version int not null,
  priority int not null unique,
  settings jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- The queue of intents. Nothing secret stands here: plists are rendered at delivery.
create table commands (
  id uuid primary key,
  sequence bigint generated always as identity,
  enrollment_id uuid not null references enrollments on delete restrict,
  device_id uuid not null references devices on delete restrict,
  kind text not null,
  intent jsonb not null,
  state text not null
    check (state in ('queued', 'delivered', 'not-now', 'acknowledged', 'error', 'format-error', 'cancelled')),
  delivery_count int not null default 0,
  created_at timestamptz not null,
  delivered_at timestamptz,
  answered_at timestamptz,
  device_words text
);
create index commands_waiting on commands (enrollment_id, sequence)
  where state in ('queued', 'delivered', 'not-now');
create index commands_of_device on commands (device_id, sequence);

-- What a Mac answered, sealed as it came, before it got its 200.
create table device_answers (
  id uuid primary key,
  command_id uuid not null references commands on delete restrict,
  enrollment_id uuid not null references enrollments on delete restrict,
  device_id uuid not null references devices on delete restrict,
  status text not null,
  sha256 bytea not null,
  ownership_class text not null check (ownership_class in ('personal', 'corporate')),
  sealed bytea not null,
  received_at timestamptz not null,
  interpreted_at timestamptz,
  unique (command_id, sha256)
);
create index answers_to_interpret on device_answers (received_at) where interpreted_at is null;

-- Private keys of this installation, sealed: the device CA, the profile signer.
create table vault_keys (
  purpose text primary key,
  id uuid not null,
  certificate_der bytea not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null
);

-- One escrow key pair a Mac and enrollment generation, kept as long as bytes may exist that it opens.
create table escrow_keys (
  id uuid primary key,
  device_id uuid not null references devices on delete restrict,
  enrollment_id uuid not null unique references enrollments on delete restrict,
  ownership_class text not null check (ownership_class in ('personal', 'corporate')),
  certificate_der bytea not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null
);
create index escrow_keys_of_device on escrow_keys (device_id);

-- The FileVault and escrow profile on one generation of a Mac.
create table file_vault_profiles (
  enrollment_id uuid primary key references enrollments on delete restrict,
  policy_id uuid not null references policies on delete restrict,
  policy_version int not null,
  escrow_key_id uuid not null references escrow_keys on delete restrict,
  command_id uuid not null unique references commands on delete restrict,
  state text not null check (state in ('sent', 'acknowledged', 'refused')),
  device_words text,
  sent_at timestamptz not null,
  settled_at timestamptz
);

-- Append-only: a version changes its state, never its key; a state never goes back.
create table key_versions (
  id uuid primary key,
  device_id uuid not null references devices on delete restrict,
  version int not null,
  state text not null
    check (state in ('candidate', 'unproven', 'current', 'superseded', 'rejected', 'unreadable')),
  source text not null check (source in ('typed', 'rotation', 'escrow-copy', 'import')),
  ownership_class text not null check (ownership_class in ('personal', 'corporate')),
  sealed bytea not null,
  enrollment_id uuid references enrollments on delete restrict,
  -- The last generation in which the Mac itself confirmed this key (made it, or its escrow copy equals it).
  confirmed_enrollment_id uuid references enrollments on delete restrict,
  answer_id uuid references device_answers on delete restrict,
  stored_by uuid references people on delete restrict,
  stored_at timestamptz not null,
  proven_at timestamptz,
  unique (device_id, version)
);
create unique index one_current_key on key_versions (device_id) where state = 'current';

create table attempts (
  id uuid primary key,
  device_id uuid not null references devices on delete restrict,
  enrollment_id uuid references enrollments on delete restrict,
  kind text not null check (kind in ('store', 'rotate')),
  ownership_class text not null check (ownership_class in ('personal', 'corporate')),
  state text not null
    check (state in ('waiting', 'rotating', 'explaining', 'uncertain', 'redelivered', 'stuck', 'saved', 'failed')),
  reason text,
  -- The key that unlocks the rotation: the typed candidate, or a stored version.
  unlock_version_id uuid references key_versions on delete restrict,
  result_version_id uuid references key_versions on delete restrict,
  rotation_command_id uuid unique references commands on delete restrict,
  baseline_version_id uuid references key_versions on delete restrict,
  started_by uuid references people on delete restrict,
  started_by_name text not null,
  started_at timestamptz not null,
  delivered_at timestamptz,
  ended_at timestamptz,
  deadline_at timestamptz,
  device_words text
);
create unique index one_open_attempt on attempts (device_id)
  where state in ('waiting', 'rotating', 'explaining', 'uncertain', 'redelivered', 'stuck');
create index attempts_of_device on attempts (device_id, started_at desc);
create index attempts_by_deadline on attempts (deadline_at) where deadline_at is not null;
create index attempts_by_rotation on attempts (rotation_command_id);

create table audit_notes (
  id uuid primary key,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'mac', 'system')),
  actor_id uuid,
  actor_name text not null,
  action text not null,
  device_id uuid,
  detail jsonb not null,
  -- Given by the sequencer after commit, in order.
  sequence bigint unique,
  previous_hash bytea,
  hash bytea
);
create index audit_notes_to_chain on audit_notes (at, id) where sequence is null;
create index audit_notes_of_device on audit_notes (device_id, at desc);

-- One row for every plaintext key that leaves the vault, made with its audit note, used once.
create table key_releases (
  id uuid primary key,
  -- Written before the note, within the same transaction.
  audit_note_id uuid not null unique references audit_notes on delete restrict deferrable initially deferred,
  purpose text not null check (purpose in ('reveal', 'rotation')),
  device_id uuid not null references devices on delete restrict,
  key_version_id uuid not null references key_versions on delete restrict,
  person_id uuid references people on delete restrict,
  session_id uuid references sessions on delete restrict,
  attempt_id uuid references attempts on delete restrict,
  created_at timestamptz not null,
  released_at timestamptz,
  check ((purpose = 'reveal') = (person_id is not null and session_id is not null)),
  check ((purpose = 'rotation') = (attempt_id is not null))
);
create index releases_of_person on key_releases (person_id, created_at) where person_id is not null;

create table notices (
  id uuid primary key,
  person_id uuid not null references people on delete restrict,
  device_id uuid not null references devices on delete restrict,
  kind text not null,
  by_name text,
  reason text,
  at timestamptz not null,
  read_at timestamptz
);
create index notices_of_person on notices (person_id, at desc);

-- A key version keeps its bytes and its belonging; only a refused candidate is wiped. A state never goes back.
create function keep_key_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'key versions are never deleted';
  end if;
  if (new.id, new.device_id, new.version, new.source, new.ownership_class, new.stored_at)
    is distinct from (old.id, old.device_id, old.version, old.source, old.ownership_class, old.stored_at) then
    raise exception 'a key version keeps what it belongs to';
  end if;
  if new.sealed is distinct from old.sealed
    and not (old.state = 'candidate' and new.state = 'rejected') and old.state <> 'unreadable' then
    raise exception 'a key version keeps its bytes';
  end if;
  if new.state <> old.state and not (
    (old.state = 'candidate' and new.state in ('current', 'superseded', 'rejected'))
    or (old.state = 'unproven' and new.state in ('current', 'superseded', 'rejected'))
    or (old.state = 'unreadable' and new.state in ('unproven', 'current', 'superseded'))
    or (old.state = 'current' and new.state = 'superseded')
  ) then
    raise exception 'a key version never goes back';
  end if;
  return new;
end $$;
create trigger keep_key_version before update or delete on key_versions
  for each row execute function keep_key_version();

-- An audit note is written once; the sequencer adds its place in the chain once.
create function keep_audit_note() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'audit notes are never deleted';
  end if;
  if old.sequence is not null
    or (new.id, new.at, new.actor_kind, new.actor_id, new.actor_name, new.action, new.device_id, new.detail)
      is distinct from
      (old.id, old.at, old.actor_kind, old.actor_id, old.actor_name, old.action, old.device_id, old.detail) then
    raise exception 'audit notes are never changed';
  end if;
  return new;
end $$;
create trigger keep_audit_note before update or delete on audit_notes
  for each row execute function keep_audit_note();

create function keep_rows() returns trigger language plpgsql as $$
begin
  raise exception '% is never emptied', tg_table_name;
end $$;
create trigger keep_key_versions_rows before truncate on key_versions execute function keep_rows();
create trigger keep_audit_rows before truncate on audit_notes execute function keep_rows();
create trigger keep_escrow_keys before delete on escrow_keys for each row execute function keep_rows();
