-- Journals of lines, sorted, with the row of each.
select journal_id as name, row_id as place from line order by name, place
