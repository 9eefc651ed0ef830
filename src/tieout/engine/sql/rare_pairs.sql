-- Pairs of records that share a rare token, whatever their accounts.
select distinct p.idx as l, q.idx as r
from rare_tokens t
join left_tokens p on p.token = t.token
join right_tokens q on q.token = t.token
