-- A balance that was signed does not change unseen: when a transaction ends, the records up to the
-- cut-off of every sign-off in force are as many as were signed. Records are only ever added, so their
-- count is all that can change. Records without a date count to every cut-off.
create or replace function reconciliation_prove_signed() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  faults text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  with standing as materialized (
    select s.id, s.cut_off_on, s.left_count, s.right_count, r.bank_account_id, r.account_id,
           b.currency
    from reconciliation_signoff s
    join reconciliation_reconciliation r
      on r.organisation_id = s.organisation_id and r.id = s.reconciliation_id
    join banking_bankaccount b
      on b.organisation_id = r.organisation_id and b.id = r.bank_account_id
    where s.organisation_id = new.organisation_id
      and case new.what when 'signed_bank' then r.bank_account_id else r.account_id end = any (noted)
      and not exists (select 1 from reconciliation_suspension u
                      where u.organisation_id = s.organisation_id and u.sign_off_id = s.id)
  ), counted as (
    select s.id, case new.what when 'signed_bank' then s.left_count else s.right_count end as signed,
           case new.what when 'signed_bank' then
             (select count(*) from banking_bankline l
              where l.organisation_id = new.organisation_id and l.account_id = s.bank_account_id
                and (l.booked_on <= s.cut_off_on or l.booked_on is null)
                and l.repeats_id is null and l.status <> 'information')
           else
             (select count(*) from ledger_posting p
              where p.organisation_id = new.organisation_id and p.account_id = s.account_id
                and (p.booked_on <= s.cut_off_on or p.booked_on is null)
                and p.currency = s.currency)
           end as present
    from standing s
  )
  select string_agg(format('sign-off %s was given for %s records, there are %s', id, signed, present),
                    '; ') into faults from counted where signed <> present;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if faults is not null then
    raise exception '%', faults using errcode = 'check_violation',
      table = 'reconciliation_signoff', constraint = 'reconciliation_signoff_stands';
  end if;
  return null;
end $$;

revoke all on function reconciliation_prove_signed() from public;

create trigger reconciliation_signed_lines after insert on banking_bankline
  referencing new table as added
  for each statement execute function tieout_note('signed_bank', 'account_id');
create trigger reconciliation_signed_postings after insert on ledger_posting
  referencing new table as added
  for each statement execute function tieout_note('signed_books', 'account_id');
create constraint trigger reconciliation_signoff_stands after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what in ('signed_bank', 'signed_books'))
  execute function reconciliation_prove_signed();

-- and back:
drop trigger reconciliation_signed_lines on banking_bankline;
drop trigger reconciliation_signed_postings on ledger_posting;
drop trigger reconciliation_signoff_stands on tieout_unproved;
drop function reconciliation_prove_signed();
