-- A posting counts on its own day, else on its entry's: the day stands beside it, so that an account is
-- read in order of days without its entries. Compared for all postings of a statement at once.
create function ledger_prove_days() returns trigger language plpgsql as $$
declare
  fault text;
begin
  select format('posting %s counts on %s, its entry on %s', a.id, coalesce(a.booked_on::text, 'no day'),
                coalesce(a.posted_on, e.booked_on)) into fault
  from added a left join ledger_journalentry e
    on e.organisation_id = a.organisation_id and e.id = a.entry_id
  where e.id is null or a.booked_on is distinct from coalesce(a.posted_on, e.booked_on)
  limit 1;
  if fault is not null then
    raise exception '%', fault using errcode = 'check_violation',
      table = 'ledger_posting', constraint = 'ledger_posting_day';
  end if;
  return null;
end $$;

-- What was recorded before has its day worked out once: the owner alone may, and says so here.
alter table ledger_posting no force row level security;
alter table ledger_journalentry no force row level security;
alter table ledger_posting disable trigger ledger_posting_appended;
update ledger_posting p set booked_on = coalesce(p.posted_on, e.booked_on)
from ledger_journalentry e where e.organisation_id = p.organisation_id and e.id = p.entry_id;
alter table ledger_posting enable always trigger ledger_posting_appended;
alter table ledger_posting force row level security;
alter table ledger_journalentry force row level security;

create trigger ledger_posting_day after insert on ledger_posting
  referencing new table as added for each statement execute function ledger_prove_days();

-- and back:
drop trigger ledger_posting_day on ledger_posting;
drop function ledger_prove_days();
