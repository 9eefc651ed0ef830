-- Every journal entry has postings and balances, per currency, when the transaction ends.
create or replace function ledger_prove_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_nestloop = off set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  faults text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  with sums as (
    select entry_id, weight_currency,
           sum(weight_minor * power(10::numeric, 18 - weight_exponent)) as minor
    from ledger_posting
    where organisation_id = new.organisation_id and entry_id = any (noted)
    group by entry_id, weight_currency
  ), wrong as (
    select format('entry %s is out by %s %s', entry_id, trim_scale(minor / power(10::numeric, 18)),
                  weight_currency) as fault
    from sums where minor <> 0
    union all
    select format('entry %s has no postings', id) from unnest(noted) as id
    where not exists (select 1 from sums where entry_id = id)
    order by 1 limit 5
  )
  select string_agg(fault, '; ') into faults from wrong;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if faults is not null then
    raise exception 'unbalanced: %', faults using errcode = 'check_violation',
      table = 'ledger_journalentry', constraint = 'ledger_journalentry_balanced';
  end if;
  return null;
end $$;

revoke all on function ledger_prove_entries() from public;

create trigger ledger_posting_noted after insert on ledger_posting
  referencing new table as added
  for each statement execute function tieout_note('journal_entry', 'entry_id');
create trigger ledger_journalentry_noted after insert on ledger_journalentry
  referencing new table as added
  for each statement execute function tieout_note('journal_entry', 'id');
create constraint trigger ledger_journalentry_balanced after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what = 'journal_entry')
  execute function ledger_prove_entries();

-- and back:
drop trigger ledger_posting_noted on ledger_posting;
drop trigger ledger_journalentry_noted on ledger_journalentry;
drop trigger ledger_journalentry_balanced on tieout_unproved;
drop function ledger_prove_entries();
