-- An undo for each of the decisions, in order of their ids.
insert into reconciliation_decision (
  organisation_id, reconciliation_id, verdict, undoes_id, decided_by_id, decided_at, reason)
select organisation_id, reconciliation_id, 'undo', id, %(member)s, %(at)s, %(reason)s
from reconciliation_decision
where organisation_id = %(organisation)s::uuid and id = any (%(decisions)s)
order by id
returning id;
