-- New entries, told apart from those that were kept.
select *, rowid + (select coalesce(max(row_id), -1) + 1 from kept.entry) as row_id from entry_row
