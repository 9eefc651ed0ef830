-- Candidates of unequal amounts within the tolerance, names beginning alike: buckets of amounts and
-- stretchs of days make it a join on equality. Each right record is in its own bucket and both
-- neighbours, each left one reaches its own stretch and the next.
select a.idx as l, b.idx as r, 0 as pairs
from settings s
join (
  select idx, amount, day, pool, initial, bucket, stretch from left_records
  union all select idx, amount, day, pool, initial, bucket, stretch + 1 as stretch from left_records
) a on true
join (
  select idx, amount, day, pool, initial, bucket - 1 as bucket, stretch from right_records
  union all select idx, amount, day, pool, initial, bucket, stretch from right_records
  union all select idx, amount, day, pool, initial, bucket + 1 as bucket, stretch from right_records
) b on a.pool = b.pool and a.bucket = b.bucket and a.initial = b.initial and a.stretch = b.stretch
where a.amount <> b.amount
  and (a.amount > 0) = (b.amount > 0)
  and a.day - b.day between s.lag_min and s.lag_max and a.day > s.no_day and b.day > s.no_day
  and (abs(a.amount - b.amount) <= s.tolerance_minor
    or abs(a.amount - b.amount) * 10000 <= s.tolerance_bp * greatest(abs(a.amount), abs(b.amount)))
