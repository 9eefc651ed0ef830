-- Candidates of equal account, currency and amount within the window of days.
select a.idx as l, b.idx as r, c.left_count * c.right_count as pairs
from settings s
join amount_counts c on c.left_count * c.right_count <= s.crowd_least
  or c.left_count * c.right_count <= (c.left_count + c.right_count) * s.crowd_ratio
join left_records a on a.pool = c.pool and a.amount = c.amount
join right_records b on b.pool = c.pool and b.amount = c.amount
where a.day - b.day between s.lag_min and s.lag_max and a.day > s.no_day and b.day > s.no_day
