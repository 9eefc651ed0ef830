-- What every account holds: in the books by what its postings weigh, at the bank by what counts once.
select organisation_id::text, 'ledger', account_id, weight_currency, weight_exponent,
       sum(weight_minor)::text
from ledger_posting group by 1, 3, 4, 5
union all
select l.organisation_id::text, 'bank', l.account_id, a.currency, a.exponent,
       sum(case l.direction when 'credit' then l.amount_minor else -l.amount_minor end)::text
from banking_bankline l
join banking_bankaccount a on a.organisation_id = l.organisation_id and a.id = l.account_id
where l.repeats_id is null and l.status <> 'information' group by 1, 3, 4, 5
order by 1, 2, 3, 4, 5;
