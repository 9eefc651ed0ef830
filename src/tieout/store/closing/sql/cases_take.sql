-- What no earlier run has seen is a case from this run on.
insert into closing_case (organisation_id, books_id, ledger, name, first_run_id, first_seen_at)
select %(organisation)s::uuid, %(books)s, ledger, name, %(run)s, %(at)s
from items_in group by ledger, name order by min(rank), ledger
on conflict (organisation_id, books_id, ledger, name) do nothing;
