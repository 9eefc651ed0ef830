-- A confirmation for each of the groups, in order of their ids.
insert into reconciliation_decision (
  organisation_id, reconciliation_id, verdict, group_id, exponent, decided_by_id, decided_at, reason)
select g.organisation_id, r.reconciliation_id, 'confirm', g.id, r.exponent, %(member)s, %(at)s,
       %(reason)s
from reconciliation_matchgroup g
join reconciliation_matchrun r on r.organisation_id = g.organisation_id and r.id = g.run_id
where g.organisation_id = %(organisation)s::uuid and g.id = any (%(groups)s)
order by g.id
returning id;
