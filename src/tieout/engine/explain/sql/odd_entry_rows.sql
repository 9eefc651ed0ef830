-- The rows of entries that may differ, as they stand in their file, each with its line there.
select raw.*, raw.rowid - files.first_row + 2 as line
from raw_entries as raw
join odd_entry on odd_entry.row_id = raw.rowid
join (select file_name, min(rowid) as first_row from raw_entries group by file_name) as files
    on files.file_name = raw.file_name
order by raw.rowid
