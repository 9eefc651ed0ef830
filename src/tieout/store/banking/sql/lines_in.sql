-- A temporary table of a statement's lines: COPY is refused on tables under row security.
create temporary table if not exists lines_in (
  position bigint, repeats_id bigint, amount_minor bigint, direction text, booked_on date,
  value_on date, bank_id text, "references" text[], counterparty text, counterparty_account text,
  narrative text, kind text, status text, is_reversal boolean, details jsonb
) on commit drop;
