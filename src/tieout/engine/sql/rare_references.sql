-- Pairs of records that share a reference which few records of either side carry.
select distinct a.idx as l, b.idx as r
from (
  select x.token
  from settings s
  join (select token, count(*) as records from left_tokens group by token) x on true
  join (select token, count(*) as records from right_tokens group by token) y on x.token = y.token
  where x.records * y.records <= s.rare_pairs
    and (x.records = 1 or x.records * 4 <= s.left_size)
    and (y.records = 1 or y.records * 4 <= s.right_size)
) t
join left_tokens p on p.token = t.token
join right_tokens q on q.token = t.token
join left_records a on a.idx = p.idx
join right_records b on b.idx = q.idx and b.currency = a.currency
where a.pool = b.pool or a.any_account + b.any_account = 1
