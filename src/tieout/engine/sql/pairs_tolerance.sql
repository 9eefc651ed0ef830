-- Candidates of unequal amounts within the tolerance: buckets of amounts, each right record in
-- its own and both neighbours, so that this is a join on equality. Names begin alike.
select a.idx as l, b.idx as r, 0 as pairs
from settings s
join left_records a on true
join (
  select idx, amount, day, pool, initial, bucket - 1 as bucket from right_records
  union all select idx, amount, day, pool, initial, bucket from right_records
  union all select idx, amount, day, pool, initial, bucket + 1 from right_records
) b on a.pool = b.pool and a.bucket = b.bucket and a.initial = b.initial
where a.amount <> b.amount
  and (a.amount > 0) = (b.amount > 0)
  and a.day - b.day between s.lag_min and s.lag_max and a.day > s.no_day and b.day > s.no_day
  and (abs(a.amount - b.amount) <= s.tolerance_minor
    or abs(a.amount - b.amount) * 10000 <= s.tolerance_bp * greatest(abs(a.amount), abs(b.amount)))
