-- The kept sums, and what the new entries and lines add to them.
select side, ledger, key, currency, period, cast(sum(amount) as bigint) as amount
from (
    select * from kept.moves
    union all
    select 'subledger', ledger, key, currency, period, base from new_entry
    union all
    select 'control', counted.ledger, new_line.key, new_line.currency, new_line.period,
        new_line.net * ledgers.sign
    from new_line
    join counted on counted.key = new_line.key
    join ledgers on ledgers.ledger = counted.ledger
    where new_line.is_posted
)
group by side, ledger, key, currency, period
