-- New entries, to be kept.
by name select * from new_entry
