-- What entries add to their ledger by account, currency and period.
select ledger, key, currency, period, cast(sum(base) as bigint) as amount
from entry
group by ledger, key, currency, period
order by ledger, key, currency, period
