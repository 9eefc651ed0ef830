-- Where every audit chain ends, and when its last event was.
select organisation_id::text, sequence, encode(hash, 'hex'),
       coalesce((select max(at) from audit_event e where e.organisation_id = t.organisation_id), now())
from audit_tail t order by 1;
