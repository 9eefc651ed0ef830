-- A quick look at every chain: its end, its count, its last event, and its signed heads.
select t.organisation_id::text,
       t.sequence = (select count(*) from audit_event e where e.organisation_id = t.organisation_id)
       and exists (select 1 from audit_event e where e.organisation_id = t.organisation_id
                   and e.sequence = t.sequence and e.hash = t.hash
                   and e.hash = sha256(e.previous || e.body))
       and not exists (select 1 from audit_signedhead h left join audit_event e
                       on e.organisation_id = h.organisation_id and e.sequence = h.sequence
                       where h.organisation_id = t.organisation_id
                       and e.hash is distinct from h.hash)
from audit_tail t where t.sequence > 0 order by 1;
