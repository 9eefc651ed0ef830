-- One organisation's chain, in order.
select sequence, previous, body, hash from audit_event
where organisation_id = %(organisation)s::uuid order by sequence, id;
