-- Journals whose posted debits are not their credits, with the file's line of their first.
select
    line.journal_id,
    cast(sum(line.net) filter (where line.is_posted) as bigint) as more_debit,
    min(line.row_id) + 2 as first_line
from line
group by line.journal_id
having coalesce(sum(line.net) filter (where line.is_posted), 0) <> 0
order by first_line
