-- A run's records into their table, each with its group or its reason.
insert into reconciliation_runrecord (
  organisation_id, run_id, side, line_id, posting_id, amount_minor, group_id, reason, detail, nearest)
select %(organisation)s::uuid, %(run)s, r.side,
       case r.side when 'left' then r.record_id end, case r.side when 'right' then r.record_id end,
       r.amount_minor, g.id, r.reason, r.detail, r.nearest
from records_in r
left join reconciliation_matchgroup g
  on g.organisation_id = %(organisation)s::uuid and g.run_id = %(run)s and g.name = r.name;
