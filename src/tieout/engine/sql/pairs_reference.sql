-- Candidates of equal amount by a rare reference, whatever their dates.
select l, r, 1 as pairs from rare_references where same_amount = 1
