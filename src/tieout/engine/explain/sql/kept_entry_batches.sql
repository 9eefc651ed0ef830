-- Batches of one file's entries, sorted, with the row of each.
select batch_id as name, place from entry
where file_name = $file_name and batch_id <> ''
order by name, place
