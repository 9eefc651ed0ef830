-- How many rows each file has.
select file_name, count(*) as amount from entry group by file_name
union all
select 'nominal.csv', count(*) from line
