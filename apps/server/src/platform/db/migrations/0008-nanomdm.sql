-- Secrets of this installation that are no key pair, sealed; made at the first need.
create table integration_secrets (
  purpose text primary key,
  id uuid not null,
  sealed bytea not null,
  created_at timestamptz not null
);

-- What NanoMDM's webhook told, before anybody made sense of it. The message of the Mac is sealed as it came, and goes
-- when it is settled. Without an enrollment: it did not prove whose it is, and only its coming is kept.
create table nanomdm_events (
  id uuid primary key,
  sequence bigint generated always as identity,
  enrollment_id uuid references enrollments on delete restrict,
  ownership_class text check (ownership_class in ('personal', 'corporate')),
  nanomdm_id text not null,
  topic text not null,
  fingerprint bytea not null unique,
  sealed bytea,
  state text not null check (state in ('waiting', 'done', 'refused')),
  tries int not null default 0,
  due_at timestamptz not null,
  leased_until timestamptz,
  received_at timestamptz not null,
  settled_at timestamptz
);
create index nanomdm_events_waiting on nanomdm_events (enrollment_id, sequence) where state = 'waiting';
create index nanomdm_events_settled on nanomdm_events (settled_at) where settled_at is not null;
create index nanomdm_arrivals on nanomdm_events (nanomdm_id, sequence) where topic = 'mdm.Authenticate';

-- A command on its way to NanoMDM: on record before the call, so that a crash in the middle of it is seen.
create table nanomdm_outbox (
  command_id uuid primary key references commands on delete restrict,
  enrollment_id uuid not null references enrollments on delete restrict,
  state text not null check (state in ('sending', 'accepted', 'failed')),
  tries int not null default 1,
  sent_at timestamptz not null,
  accepted_at timestamptz
);
create index nanomdm_outbox_sending on nanomdm_outbox (sent_at) where state = 'sending';

-- When either side last heard of the other.
create table nanomdm_contact (
  direction text primary key check (direction in ('webhook', 'api')),
  last_at timestamptz,
  last_fault_at timestamptz,
  last_fault text
);
