-- Ids of one file's entries, sorted, with the row of each, counted from 0.
select entry_id as name, place from entry where file_name = $file_name order by name, place
