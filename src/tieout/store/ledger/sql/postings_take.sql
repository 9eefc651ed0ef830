-- The postings of some entries, as one value.
insert into ledger_posting (
  organisation_id, entry_id, position, account_id, amount_minor, direction, currency, exponent,
  weight_minor, weight_currency, weight_exponent, posted_on, booked_on, narrative, reference)
select %(organisation)s::uuid, p.entry_id, p.position, p.account_id, p.amount_minor, p.direction,
       p.currency, p.exponent, p.weight_minor, p.weight_currency, p.weight_exponent, p.posted_on,
       p.booked_on, p.narrative, p.reference
from jsonb_to_recordset(%(rows)s::jsonb) as p(
  entry_id bigint, position int, account_id bigint, amount_minor bigint, direction text,
  currency text, exponent smallint, weight_minor bigint, weight_currency text,
  weight_exponent smallint, posted_on date, booked_on date, narrative text, reference text);
