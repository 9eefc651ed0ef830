-- Left records of amounts too common for the whole window, once for each lag within the budget,
-- with the day that a right record would have: so the pairs are a join on equality.
select a.idx as l, g.pool, g.amount, a.day - g.lag as day, c.left_count * c.right_count as pairs
from settings s
join crowded_lags g on g.pairs_within <= g.budget
join amount_counts c on c.pool = g.pool and c.amount = g.amount
join left_records a on a.pool = g.pool and a.amount = g.amount
where a.day > s.no_day
