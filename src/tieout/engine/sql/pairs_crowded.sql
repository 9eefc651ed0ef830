-- Candidates of amounts too common for the whole window: only the lags within the budget.
select p.l, b.idx as r, p.pairs
from crowded_left p
join right_records b on b.pool = p.pool and b.amount = p.amount and b.day = p.day
