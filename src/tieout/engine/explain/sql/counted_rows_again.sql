-- How many rows each file has now.
select file_name, cast(sum(amount) as bigint) as amount
from (
    select * from kept.counted_rows
    union all
    select file_name, count(*) from new_entry group by file_name
    union all
    select 'nominal.csv', count(*) from new_line
)
group by file_name
