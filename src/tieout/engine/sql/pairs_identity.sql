-- Candidates by an id of the bank or source system that one record of each side carries.
select p.l, p.r, 1 as pairs
from identity_left p
join right_records b on b.idx = p.r and b.currency = p.currency and b.amount = p.amount
where p.pool = b.pool or p.any_account + b.any_account = 1
