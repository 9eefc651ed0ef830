-- What entries add to their ledger, and posted lines to its counted accounts, by account, currency
-- and period.
select
    'subledger' as side, ledger, key, currency, period, cast(sum(base) as bigint) as amount
from entry
group by ledger, key, currency, period
union all
select
    'control' as side, counted.ledger, line.key, line.currency, line.period,
    cast(sum(line.net) * any_value(ledgers.sign) as bigint) as amount
from line
join counted on counted.key = line.key
join ledgers on ledgers.ledger = counted.ledger
where line.is_posted
group by counted.ledger, line.key, line.currency, line.period
