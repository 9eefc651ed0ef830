-- New entries alone, to look for faults in them.
select * from new_entry
