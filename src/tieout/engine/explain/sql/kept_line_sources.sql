-- Ids of entries that lines name, sorted, with the row of each.
select source_id as name, row_id as place from line where source_id <> '' order by name, place
