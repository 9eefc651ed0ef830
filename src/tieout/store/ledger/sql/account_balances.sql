-- What accounts stand at by a day: debits less credits a currency, with how they are counted.
-- Postings without a day count to every day.
select account_id, currency, exponent,
       sum(case when direction = 'debit' then amount_minor else -amount_minor end)::bigint,
       count(*), max(booked_on)
from ledger_posting
where organisation_id = %(organisation)s::uuid and account_id = any (%(accounts)s)
  and (booked_on is null or booked_on <= %(on)s)
group by account_id, currency, exponent;
