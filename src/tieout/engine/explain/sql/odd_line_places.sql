-- Where the lines of what may differ stand in their file: the row of each, counted from 0.
select row_id as place from odd_line order by row_id
