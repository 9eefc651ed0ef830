-- What every account was posted, by direction, currency and how it is counted.
select account_id, direction, currency, exponent, sum(amount_minor)::numeric, count(*)
from ledger_posting
where organisation_id = %(organisation)s::uuid
group by account_id, direction, currency, exponent;
