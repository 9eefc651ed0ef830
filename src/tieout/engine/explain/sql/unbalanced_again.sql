-- Journals that do not balance: of the kept ones those without a new line, and the others.
with touched as (select distinct journal_id from new_line),
whole as (
    select kept_line.* from kept.line as kept_line join touched using (journal_id)
    union all by name
    select * from new_line
)
select kept_one.* from kept.unbalanced as kept_one
left join touched using (journal_id)
where touched.journal_id is null
union all
select
    journal_id,
    cast(sum(net) filter (where is_posted) as bigint) as more_debit,
    min(row_id) + 2 as first_line
from whole
group by journal_id
having coalesce(sum(net) filter (where is_posted), 0) <> 0
order by first_line
