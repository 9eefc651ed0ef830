-- The records of groups that were just confirmed, each with its amount.
insert into reconciliation_decidedrecord (
  organisation_id, decision_id, side, line_id, posting_id, amount_minor)
select d.organisation_id, d.id, r.side, r.line_id, r.posting_id, r.amount_minor
from reconciliation_decision d
join reconciliation_runrecord r
  on r.organisation_id = d.organisation_id and r.group_id = d.group_id
where d.organisation_id = %(organisation)s::uuid and d.id = any (%(decisions)s)
order by d.id, r.id;
