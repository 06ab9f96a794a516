-- One certificate of an enrollment, from its challenge on: the first one, or a renewal.
create table identities (
  id uuid primary key,
  enrollment_id uuid not null references enrollments (id) on delete restrict,
  purpose text not null check (purpose in ('enrollment', 'renewal')),
  challenge_hash bytea not null,
  challenge_expires_at timestamptz not null,
  scep_transaction_id text,
  scep_public_key_sha256 bytea,
  certificate_der bytea,
  certificate_sha256 bytea unique,
  not_after timestamptz,
  first_used_at timestamptz,
  revoked_at timestamptz,
  revoked_because text,
  created_at timestamptz not null
);
create index identities_of_enrollment on identities (enrollment_id);
create index identities_to_renew on identities (not_after) where revoked_at is null and certificate_der is not null;

-- Until now an enrollment had one certificate, good for 365 days.
insert into identities (id, enrollment_id, purpose, challenge_hash, challenge_expires_at, scep_transaction_id,
    scep_public_key_sha256, certificate_der, certificate_sha256, not_after, first_used_at, created_at)
  select gen_random_uuid(), id, 'enrollment', challenge_hash, expires_at, scep_transaction_id, scep_public_key_sha256,
    certificate_der, certificate_sha256,
    case when certificate_der is null then null else created_at + interval '365 days' end, authenticated_at, created_at
  from enrollments;
alter table enrollments
  drop column challenge_hash, drop column scep_transaction_id, drop column scep_public_key_sha256,
  drop column certificate_der, drop column certificate_sha256,
  -- What IT asked for at the offer; null: the list of company-owned Macs decides.
  alter column ownership drop not null,
  -- Why a Mac was not let in, for the person who waits for it on the page.
  add column refused_because text;

-- What a Mac in quarantine claims to be, and what was seen of a certificate that two Macs use.
alter table devices
  add column claims_device_id uuid references devices (id) on delete restrict,
  add column replaced_at timestamptz,
  add column certificate_shared_at timestamptz,
  add column restored_at timestamptz;
drop index one_device_per_udid;
create unique index one_device_per_udid on devices (udid) where quarantined_at is null and replaced_at is null;
create index devices_by_serial_number on devices (serial_number);

-- Company-owned Macs, by serial number in capitals.
create table corporate_identifiers (
  serial_number text primary key,
  added_by uuid references people (id) on delete restrict,
  added_at timestamptz not null
);

