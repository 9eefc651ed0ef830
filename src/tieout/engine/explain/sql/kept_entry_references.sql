-- References of one file's entries, sorted, with the row of each.
select reference as name, place from entry
where file_name = $file_name and reference <> ''
order by name, place
