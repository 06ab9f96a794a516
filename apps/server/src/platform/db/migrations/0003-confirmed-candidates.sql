-- A candidate whose attempt has failed, but which the Mac's escrow copy has confirmed, is the Mac's word: unproven.
create or replace function keep_key_version() returns trigger language plpgsql as $$
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
    (old.state = 'candidate' and new.state in ('unproven', 'current', 'superseded', 'rejected'))
    or (old.state = 'unproven' and new.state in ('current', 'superseded', 'rejected'))
    or (old.state = 'unreadable' and new.state in ('unproven', 'current', 'superseded'))
    or (old.state = 'current' and new.state = 'superseded')
  ) then
    raise exception 'a key version never goes back';
  end if;
  return new;
end $$;
