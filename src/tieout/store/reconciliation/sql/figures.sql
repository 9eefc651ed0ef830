-- A run's records up to a cut-off, a side a row: all of them, and the unmatched ones.
select r.side, count(*), coalesce(sum(r.amount_minor), 0)::bigint,
       count(*) filter (where r.group_id is null),
       coalesce(sum(r.amount_minor) filter (where r.group_id is null), 0)::bigint
from reconciliation_runrecord r
left join banking_bankline l on l.organisation_id = r.organisation_id and l.id = r.line_id
left join ledger_posting p on p.organisation_id = r.organisation_id and p.id = r.posting_id
where r.organisation_id = %(organisation)s::uuid and r.run_id = %(run)s
  and coalesce(l.booked_on, p.booked_on, %(cut_off)s::date) <= %(cut_off)s::date
group by r.side;
