-- From the temporary table into the real one, under row security and all its constraints.
insert into banking_bankline (
  organisation_id, statement_id, account_id, position, repeats_id, amount_minor, direction,
  booked_on, value_on, bank_id, "references", counterparty, counterparty_account, narrative, kind,
  status, is_reversal, details)
select %(organisation)s, %(statement)s, %(account)s, position, repeats_id, amount_minor, direction,
       booked_on, value_on, bank_id, "references", counterparty, counterparty_account, narrative,
       kind, status, is_reversal, details
from lines_in;
