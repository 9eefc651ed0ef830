-- References of lines that name no entry, sorted, with the row of each.
select reference as name, row_id as place from line
where source_id = '' and reference <> ''
order by name, place
