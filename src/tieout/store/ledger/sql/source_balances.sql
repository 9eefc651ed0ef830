-- What the accounts of one source of the journal stand at by a day: debits less credits a currency.
-- Postings without a day count to every day.
select a.code, p.currency, p.exponent,
       sum(case when p.direction = 'debit' then p.amount_minor else -p.amount_minor end)::bigint,
       count(*), max(p.booked_on)
from ledger_posting p
join ledger_journalentry e on e.organisation_id = p.organisation_id and e.id = p.entry_id
join ledger_account a on a.organisation_id = p.organisation_id and a.id = p.account_id
where p.organisation_id = %(organisation)s::uuid and e.source = %(source)s
  and (p.booked_on is null or p.booked_on <= %(on)s)
group by a.code, p.currency, p.exponent;
