-- How many names there are.
select count(*) as amount from name
