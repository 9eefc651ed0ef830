-- How many lines have no id of their own.
select count(*) - count(distinct nominal_id) as amount from line
