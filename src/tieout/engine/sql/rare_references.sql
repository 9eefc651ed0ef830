-- Pairs of records of one account and currency that share a rare token.
select p.l, p.r, case when p.amount = b.amount then 1 else 0 end as same_amount
from rare_left p
join right_records b on b.idx = p.r and b.currency = p.currency
where p.pool = b.pool or p.any_account + b.any_account = 1
