-- What is added up, for the caller.
select side, ledger, key, currency, period, amount from moves
