-- What posted lines add to each ledger's counted accounts by account, currency and period.
select
    counted.ledger, line.key, line.currency, line.period,
    cast(sum(line.net) * any_value(ledgers.sign) as bigint) as amount
from line
join counted on counted.key = line.key
join ledgers on ledgers.ledger = counted.ledger
where line.is_posted
group by counted.ledger, line.key, line.currency, line.period
order by counted.ledger, line.key, line.currency, line.period
