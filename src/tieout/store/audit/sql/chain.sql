-- The chain grows at its end only. Every new event is proved before it is taken: it has the next
-- number, names the hash at the end of the chain as the one before it, and has the SHA-256 of that
-- hash and its own bytes. What the bytes say is the core's affair; here they are only bytes.
create function audit_take_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  tail_sequence bigint;
  tail_hash bytea;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  insert into audit_tail (organisation_id, sequence, hash)
    values (new.organisation_id, 0, decode(repeat('00', 32), 'hex'))
    on conflict do nothing;
  select sequence, hash into tail_sequence, tail_hash
    from audit_tail where organisation_id = new.organisation_id for update;
  if new.sequence <> tail_sequence + 1 or new.previous <> tail_hash
     or new.hash <> sha256(new.previous || new.body) then
    raise exception 'event % does not continue the chain after event %', new.sequence, tail_sequence
      using errcode = 'check_violation', table = 'audit_event', constraint = 'audit_event_chained';
  end if;
  update audit_tail set sequence = new.sequence, hash = new.hash
    where organisation_id = new.organisation_id;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  return new;
end $$;

revoke all on function audit_take_event() from public;

create trigger audit_event_chained before insert on audit_event
  for each row execute function audit_take_event();
alter table audit_event enable always trigger audit_event_chained;

-- and back:
drop trigger audit_event_chained on audit_event;
drop function audit_take_event();
