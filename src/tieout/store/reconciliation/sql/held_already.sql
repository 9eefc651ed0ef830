-- Records of these groups that a confirmation in force holds, the first few.
with wanted as materialized (
  select line_id, posting_id from reconciliation_runrecord
  where organisation_id = %(organisation)s::uuid and group_id = any (%(groups)s)
), holding as (
  select 'left' as side, w.line_id as record_id, x.decision_id
  from wanted w join reconciliation_decidedrecord x
    on x.organisation_id = %(organisation)s::uuid and x.line_id = w.line_id
  union all
  select 'right', w.posting_id, x.decision_id
  from wanted w join reconciliation_decidedrecord x
    on x.organisation_id = %(organisation)s::uuid and x.posting_id = w.posting_id
)
select h.side, h.record_id, h.decision_id
from holding h cross join lateral (
  select d.id from reconciliation_decision d
  where d.organisation_id = %(organisation)s::uuid and d.id = h.decision_id
    and d.verdict = 'confirm' and d.reconciliation_id = %(reconciliation)s
    and not exists (select 1 from reconciliation_decision u
                    where u.organisation_id = d.organisation_id and u.undoes_id = d.id) offset 0
) as standing
order by h.decision_id, h.side, h.record_id limit 3;
