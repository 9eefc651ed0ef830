-- How many records of each side share an account, a currency and an amount.
select a.pool, a.amount, a.records as left_count, b.records as right_count
from (select pool, amount, count(*) as records from left_records group by pool, amount) a
join (select pool, amount, count(*) as records from right_records group by pool, amount) b
  on a.pool = b.pool and a.amount = b.amount
