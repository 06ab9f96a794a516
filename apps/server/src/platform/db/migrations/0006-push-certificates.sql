-- Every push certificate that was ever in use; one is. The chain is PEM, the push certificate itself first.
create table push_certificates (
  id uuid primary key,
  topic text not null,
  certificate_chain text not null,
  certificate_sha256 bytea not null,
  sealed_private_key bytea not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  state text not null check (state in ('in-use', 'replaced')),
  stored_by uuid not null references people on delete restrict,
  stored_at timestamptz not null
);
create unique index push_certificate_in_use on push_certificates (state) where state = 'in-use';

create function keep_push_certificate() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'push certificates are never deleted';
  end if;
  if old.state <> 'in-use' or new.state <> 'replaced'
    or (new.id, new.topic, new.certificate_chain, new.certificate_sha256, new.sealed_private_key, new.not_before,
        new.not_after, new.stored_by, new.stored_at)
      is distinct from (old.id, old.topic, old.certificate_chain, old.certificate_sha256, old.sealed_private_key,
        old.not_before, old.not_after, old.stored_by, old.stored_at) then
    raise exception 'a push certificate is kept as it was stored';
  end if;
  return new;
end $$;
create trigger keep_push_certificate before update or delete on push_certificates
  for each row execute function keep_push_certificate();
create trigger keep_push_certificates_rows before truncate on push_certificates execute function keep_rows();

-- Keys made here, each with the request for a certificate; and the pair for an answer that comes encrypted by mail.
create table push_certificate_requests (
  id uuid primary key,
  request_der bytea not null,
  public_key_sha256 bytea not null unique,
  sealed_private_key bytea not null,
  answer_key_id uuid unique,
  answer_certificate_der bytea,
  sealed_answer_key bytea,
  requested_by uuid not null references people on delete restrict,
  requested_at timestamptz not null,
  check ((answer_key_id is null) = (answer_certificate_der is null)
    and (answer_key_id is null) = (sealed_answer_key is null))
);

-- What IT has been told of a certificate's end: each number of days once a certificate.
create table push_certificate_warnings (
  certificate_sha256 bytea not null,
  days_left int not null,
  told_at timestamptz not null,
  primary key (certificate_sha256, days_left)
);

-- When the Mac last gave us its push token: Apple's news of an older one is no news.
alter table enrollments add column push_token_at timestamptz;
