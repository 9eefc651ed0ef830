-- Candidates by an id of the bank or source system that one record of each side carries.
select a.idx as l, b.idx as r, 1 as pairs
from (select external, max(idx) as idx from left_records where external >= 0
      group by external having count(*) = 1) x
join (select external, max(idx) as idx from right_records where external >= 0
      group by external having count(*) = 1) y on x.external = y.external
join left_records a on a.idx = x.idx
join right_records b on b.idx = y.idx
where a.amount = b.amount and a.currency = b.currency
  and (a.pool = b.pool or a.any_account + b.any_account = 1)
