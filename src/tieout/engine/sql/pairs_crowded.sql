-- Candidates of amounts too common for the whole window: only the lags within the budget.
select a.idx as l, b.idx as r, c.left_count * c.right_count as pairs
from crowded_lags g
join amount_counts c on c.pool = g.pool and c.amount = g.amount
join left_records a on a.pool = g.pool and a.amount = g.amount
join right_records b on b.pool = g.pool and b.amount = g.amount and a.day - b.day = g.lag
where g.pairs_within <= g.budget
