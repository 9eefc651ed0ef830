-- Where what may differ stands in its file: the row, counted from 0.
select file_name, place from odd_entry
union all
select 'nominal.csv', row_id from odd_line
order by file_name, place
