-- Candidates of equal amount by a rare reference, whatever their dates.
select t.l, t.r, 1 as pairs
from rare_references t
join left_records a on a.idx = t.l
join right_records b on b.idx = t.r
where a.amount = b.amount
