-- One organisation's signed heads, in order.
select sequence, hash, at, key_id, signature from audit_signedhead
where organisation_id = %(organisation)s::uuid order by sequence, id;
