-- What a Mac answered is kept as it came: a version that cannot be opened today has its bytes here and nowhere else.
create function keep_device_answer() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'answers of Macs are never deleted';
  end if;
  if (new.id, new.command_id, new.enrollment_id, new.device_id, new.status, new.sha256, new.ownership_class,
      new.sealed, new.received_at)
    is distinct from (old.id, old.command_id, old.enrollment_id, old.device_id, old.status, old.sha256,
      old.ownership_class, old.sealed, old.received_at) then
    raise exception 'an answer of a Mac is kept as it came';
  end if;
  return new;
end $$;
create trigger keep_device_answer before update or delete on device_answers
  for each row execute function keep_device_answer();
create trigger keep_device_answers_rows before truncate on device_answers execute function keep_rows();

-- A release is used once, for what it was granted for.
create function keep_key_release() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'releases of keys are never deleted';
  end if;
  if old.released_at is not null
    or (new.id, new.audit_note_id, new.purpose, new.device_id, new.key_version_id, new.person_id, new.session_id,
        new.attempt_id, new.created_at)
      is distinct from (old.id, old.audit_note_id, old.purpose, old.device_id, old.key_version_id, old.person_id,
        old.session_id, old.attempt_id, old.created_at) then
    raise exception 'a release of a key is used once, and for nothing else';
  end if;
  return new;
end $$;
create trigger keep_key_release before update or delete on key_releases
  for each row execute function keep_key_release();
create trigger keep_key_releases_rows before truncate on key_releases execute function keep_rows();

-- An escrow key keeps its Mac and its certificate; its private half may only ever be sealed anew.
create function keep_escrow_key() returns trigger language plpgsql as $$
begin
  if (new.id, new.device_id, new.enrollment_id, new.ownership_class, new.certificate_der, new.created_at)
    is distinct from (old.id, old.device_id, old.enrollment_id, old.ownership_class, old.certificate_der,
      old.created_at) then
    raise exception 'an escrow key keeps what it belongs to';
  end if;
  return new;
end $$;
create trigger keep_escrow_key before update on escrow_keys for each row execute function keep_escrow_key();
create trigger keep_escrow_keys_rows before truncate on escrow_keys execute function keep_rows();
