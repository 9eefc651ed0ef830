-- Ids of lines, sorted, with the row of each, counted from 0.
select nominal_id as name, row_id as place from line order by name, place
