-- Pairs that share a rare token, with what the left record must have in common with the right.
select p.l, p.r, a.pool, a.currency, a.any_account, a.amount
from rare_pairs p
join left_records a on a.idx = p.l
