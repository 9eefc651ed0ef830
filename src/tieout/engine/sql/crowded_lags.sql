-- For amounts that would make too many pairs: how many each lag makes, and how many
-- the lags nearer to zero make together.
select pool, amount, lag,
  sum(pairs) over (partition by pool, amount order by abs(lag), lag
    rows between unbounded preceding and current row) as pairs_within,
  budget
from (
  select a.pool, a.amount, a.budget, a.day - b.day as lag, sum(a.records * b.records) as pairs
  from settings s
  join (select c.pool, c.amount, c.budget, l.day, count(*) as records
        from crowded_amounts c join left_records l on l.pool = c.pool and l.amount = c.amount
        group by c.pool, c.amount, c.budget, l.day) a on true
  join (select c.pool, c.amount, r.day, count(*) as records
        from crowded_amounts c join right_records r on r.pool = c.pool and r.amount = c.amount
        group by c.pool, c.amount, r.day) b on b.pool = a.pool and b.amount = a.amount
  where a.day - b.day between s.lag_min and s.lag_max and a.day > s.no_day and b.day > s.no_day
  group by a.pool, a.amount, a.budget, a.day - b.day
) t
