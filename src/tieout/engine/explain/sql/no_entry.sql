-- No entry, in the columns of those that were kept.
select * exclude (row_id) from kept.entry limit 0
