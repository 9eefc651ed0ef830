-- The rows of entries that may differ, as they stand in their file.
select raw.* from raw_entries as raw join odd_entry on odd_entry.row_id = raw.rowid
order by raw.rowid
