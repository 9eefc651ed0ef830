-- Candidates where one of the two records names no account.
select a.idx as l, b.idx as r, 4 as pairs
from settings s
join left_records a on true
join right_records b on a.currency = b.currency and a.amount = b.amount
where a.any_account + b.any_account = 1
  and a.day - b.day between s.lag_min and s.lag_max and a.day > s.no_day and b.day > s.no_day
