-- Left records whose external id is on one record of each side only, and the right one's place.
select a.idx as l, y.idx as r, a.pool, a.currency, a.any_account, a.amount
from (select external, max(idx) as idx from left_records where external >= 0
      group by external having count(*) = 1) x
join (select external, max(idx) as idx from right_records where external >= 0
      group by external having count(*) = 1) y on x.external = y.external
join left_records a on a.idx = x.idx
