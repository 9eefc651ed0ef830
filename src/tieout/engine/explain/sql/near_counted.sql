-- How many kept rows hang together with what is new.
select (select count(*) from near_entry) + (select count(*) from near_line) as amount
