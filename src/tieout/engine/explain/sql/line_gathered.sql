-- New lines and all that hang together with them.
select * from near_line union all by name select * from new_line
