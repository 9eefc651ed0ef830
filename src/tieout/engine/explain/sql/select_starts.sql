-- Where what may differ begins, in files in which every row is a line.
with one_line_a_row as (
    select file_name from kept.line_start group by file_name
    having count(*) = (
        select amount from counted_rows where counted_rows.file_name = line_start.file_name)
),
odd as (
    select file_name, place from odd_entry
    union all
    select 'nominal.csv', row_id from odd_line
)
select odd.file_name, line_start.at
from odd
join one_line_a_row using (file_name)
join kept.line_start using (file_name, place)
order by odd.file_name, odd.place
