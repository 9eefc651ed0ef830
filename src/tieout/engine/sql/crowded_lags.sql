-- For amounts that would make too many pairs: how many each lag makes, and how many
-- the lags nearer to zero make together.
select pool, amount, lag,
  sum(pairs) over (partition by pool, amount order by abs(lag), lag
    rows between unbounded preceding and current row) as pairs_within,
  budget
from (
  select c.pool, c.amount, a.day - b.day as lag, sum(a.records * b.records) as pairs,
    max((c.left_count + c.right_count) * s.crowd_ratio) as budget
  from settings s
  join amount_counts c on c.left_count * c.right_count > s.crowd_least
    and c.left_count * c.right_count > (c.left_count + c.right_count) * s.crowd_ratio
  join (select pool, amount, day, count(*) as records
        from left_records group by pool, amount, day) a
    on a.pool = c.pool and a.amount = c.amount
  join (select pool, amount, day, count(*) as records
        from right_records group by pool, amount, day) b
    on b.pool = c.pool and b.amount = c.amount
  where a.day - b.day between s.lag_min and s.lag_max and a.day > s.no_day and b.day > s.no_day
  group by c.pool, c.amount, a.day - b.day
) t
