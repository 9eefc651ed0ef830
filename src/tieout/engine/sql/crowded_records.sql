-- Records whose amount is so common that some pairs within the window were not looked at.
select 0 as side, a.idx
from left_records a
where exists (select 1 from crowded_lags g
  where g.pool = a.pool and g.amount = a.amount and g.pairs_within > g.budget)
union all
select 1 as side, b.idx
from right_records b
where exists (select 1 from crowded_lags g
  where g.pool = b.pool and g.amount = b.amount and g.pairs_within > g.budget)
