-- New entries and all that hang together with them.
select * from near_entry union all by name select * from new_entry
