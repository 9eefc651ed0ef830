-- A text comes into force as it was proposed, on the version its author saw, and approved by another
-- member who may manage accounts; without an approval only where there is no such other member.
create function tenancy_prove_settings() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  may constant text[] := array['owner', 'administrator', 'accountant'];
  proposed tenancy_settingsproposal;
  is_able boolean;
begin
  if new.proposal_id is null then
    return null;
  end if;
  select p.* into proposed from tenancy_settingsproposal p
    where p.organisation_id = new.organisation_id and p.id = new.proposal_id;
  if (proposed.document, proposed.author_id, proposed.follows_id, proposed.verb, proposed.reason)
      is distinct from (new.document, new.author_id, new.follows_id, new.verb, new.reason) then
    raise exception 'settings that are not those proposed'
      using errcode = 'check_violation', table = 'tenancy_settingsversion',
            constraint = 'tenancy_settingsversion_as_proposed';
  end if;
  select case when new.approver_id is null then count(*) = 0
              else coalesce(bool_or(m.id = new.approver_id), false) end into is_able
    from tenancy_member m
    where m.organisation_id = new.organisation_id and m.id <> new.author_id
      and m.left_at is null and m.role = any (may);
  if not is_able then
    raise exception 'settings that no other member who may has approved'
      using errcode = 'check_violation', table = 'tenancy_settingsversion',
            constraint = 'tenancy_settingsversion_four_eyes';
  end if;
  return null;
end $$;

create trigger tenancy_settingsversion_four_eyes after insert on tenancy_settingsversion
  for each row execute function tenancy_prove_settings();
alter table tenancy_settingsversion enable always trigger tenancy_settingsversion_four_eyes;
revoke all on function tenancy_prove_settings() from public;

-- and back:
drop trigger tenancy_settingsversion_four_eyes on tenancy_settingsversion;
drop function tenancy_prove_settings();
