-- A temporary table of a run's items: COPY is refused on tables under row security.
create temporary table if not exists items_in (
  ledger text, name text, cause text, account text, currency text, amount_minor bigint, begins int,
  ends int, rank int, differs text, ids text, document text, posting text, sentence text, action text
) on commit drop;
truncate items_in;
