-- Every journal entry has postings and balances, per currency, when the transaction ends. Its postings
-- are of an entry and of accounts of its organisation, and each counts on its own day, else on its
-- entry's: the day stands beside it, so that an account is read in order of days without its entries.
-- All of it is proved by set, since keys would be checked posting by posting; nothing of it is ever
-- changed or removed, so it cannot cease to hold.
create or replace function ledger_prove_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_nestloop = off set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  astray text;
  unknown text;
  misdated text;
  faults text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  with mine as materialized (
    select id, entry_id, account_id, posted_on, booked_on, weight_currency,
           weight_minor * power(10::numeric, 18 - weight_exponent) as minor
    from ledger_posting
    where organisation_id = new.organisation_id and entry_id = any (noted)
  ), entries as materialized (
    select id, booked_on from ledger_journalentry
    where organisation_id = new.organisation_id and id = any (noted)
  ), dated as (
    select min(m.entry_id) filter (where e.id is null) as astray,
           min(m.id) filter (where m.booked_on is distinct from coalesce(m.posted_on, e.booked_on)) as posting
    from mine m left join entries e on e.id = m.entry_id
  ), sums as (
    select entry_id, weight_currency, sum(minor) as minor from mine group by entry_id, weight_currency
  ), wrong as (
    select format('entry %s is out by %s %s', entry_id, trim_scale(minor / power(10::numeric, 18)),
                  weight_currency) as fault
    from sums where minor <> 0
    union all
    select format('entry %s has no postings', n.id) from unnest(noted) n(id)
    left join (select distinct entry_id from mine) as given on given.entry_id = n.id
    where given.entry_id is null
    order by 1 limit 5
  )
  select d.astray, d.posting, u.account, (select string_agg(fault, '; ') from wrong)
    into astray, misdated, unknown, faults
  from dated d cross join (
    select min(used.account_id) as account
    from (select distinct account_id from mine) as used
    left join ledger_account a on a.organisation_id = new.organisation_id and a.id = used.account_id
    where a.id is null
  ) as u;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if astray is not null then
    raise exception 'postings of entry %, which is not there', astray using
      errcode = 'foreign_key_violation', table = 'ledger_posting',
      constraint = 'ledger_posting_entry_key';
  end if;
  if unknown is not null then
    raise exception 'postings of account %, which is not there', unknown using
      errcode = 'foreign_key_violation', table = 'ledger_posting',
      constraint = 'ledger_posting_account_key';
  end if;
  if misdated is not null then
    raise exception 'posting % counts on another day than it or its entry says', misdated using
      errcode = 'check_violation', table = 'ledger_posting', constraint = 'ledger_posting_day';
  end if;
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
