-- A period of a ledger is prepared once every item that is larger than its policy lets pass has evidence.
create or replace function reconciliation_prove_evidence() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  allowed bigint;
  bare text;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  select evidence_minor into allowed from closing_policy
    where organisation_id = new.organisation_id and books_id = new.books_id and ledger = new.ledger
    order by id desc limit 1;
  select string_agg(name, ', ') into bare from (
    select distinct c.name from closing_causeitem i join closing_case c
      on c.organisation_id = i.organisation_id and c.id = i.case_id
    where i.organisation_id = new.organisation_id and i.run_id = new.run_id
      and i.ledger = new.ledger and i.begins <= new.period
      and (i.ends is null or i.ends > new.period) and abs(i.amount_minor) > allowed
      and not exists (select 1 from reconciliation_evidence e
                      where e.organisation_id = i.organisation_id and e.about_case_id = i.case_id)
    order by 1 limit 5
  ) as found;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if bare is not null then
    raise exception 'no evidence about %', bare using errcode = 'check_violation',
      table = 'closing_certification', constraint = 'closing_certification_evidence';
  end if;
  return new;
end $$;

create trigger closing_certification_evidence before insert on closing_certification
  for each row when (new.step = 'prepared') execute function reconciliation_prove_evidence();
revoke all on function reconciliation_prove_evidence() from public;

-- and back:
drop trigger closing_certification_evidence on closing_certification;
drop function reconciliation_prove_evidence();
