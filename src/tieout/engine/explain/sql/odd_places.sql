-- Where the entries that may differ stand in their files: the row of each, counted from 0.
select file_name, place from odd_entry order by file_name, place
