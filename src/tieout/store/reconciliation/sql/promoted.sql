-- Settings come out of a sandbox only as they stand there, and only after every reconciliation of the
-- sandbox has been run with exactly these: over records, since they last changed; and all books that are
-- explained there have been, from their newest snapshot, read by their mapping, under their policies.
create or replace function reconciliation_prove_promoted() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  sandbox uuid;
  latest tenancy_settingsversion;
  pairs bigint;
  unproved bigint;
  books bigint;
  unexplained bigint;
begin
  select s.copy into sandbox
    from tenancy_settingsproposal p join tenancy_sandbox s
      on s.organisation_id = p.organisation_id and s.id = p.sandbox_id
    where p.organisation_id = new.organisation_id and p.id = new.proposal_id;
  perform set_config('tieout.organisation', sandbox::text, true);
  select v.* into latest from tenancy_settingsversion v
    where v.organisation_id = sandbox order by v.id desc limit 1;
  select count(*), count(*) filter (where not exists (
      select 1 from reconciliation_matchrun m
      where m.organisation_id = sandbox and m.reconciliation_id = r.id
        and m.settings_id = latest.id and m.left_count + m.right_count > 0))
    into pairs, unproved from reconciliation_reconciliation r
    where r.organisation_id = sandbox and r.ended_at is null;
  select count(*), count(*) filter (where not exists (
      select 1 from closing_explained e join closing_snapshot s
        on s.organisation_id = e.organisation_id and s.id = e.snapshot_id
      where e.organisation_id = sandbox and e.books_id = b.id and s.mapping = b.mapping
        and jsonb_array_length(e.ledgers) > 0
        and s.id = (select max(n.id) from closing_snapshot n
                    where n.organisation_id = sandbox and n.books_id = b.id)
        and not exists (select 1 from closing_policy p where p.organisation_id = sandbox
                        and p.books_id = b.id and p.set_at >= e.started_at)))
    into books, unexplained from closing_books b
    where b.organisation_id = sandbox and b.ended_at is null;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if latest.document is distinct from new.document or pairs + books = 0
    or unproved + unexplained > 0 then
    raise exception 'settings that the sandbox has not proved'
      using errcode = 'check_violation', table = 'tenancy_settingsversion',
            constraint = 'tenancy_settingsversion_proved';
  end if;
  return null;
end $$;

create trigger tenancy_settingsversion_proved after insert on tenancy_settingsversion
  for each row when (new.verb = 'promote_settings')
  execute function reconciliation_prove_promoted();
alter table tenancy_settingsversion enable always trigger tenancy_settingsversion_proved;
revoke all on function reconciliation_prove_promoted() from public;

-- and back:
drop trigger tenancy_settingsversion_proved on tenancy_settingsversion;
drop function reconciliation_prove_promoted();
