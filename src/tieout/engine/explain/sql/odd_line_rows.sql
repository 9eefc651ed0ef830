-- The rows of lines that belong to what may differ, as they stand in their file.
select raw.*, raw.rowid + 2 as line
from raw_nominal as raw
join odd_line on odd_line.row_id = raw.rowid
order by raw.rowid
