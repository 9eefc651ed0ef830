-- How many rows were kept.
select cast(sum(amount) as bigint) as amount from kept.counted_rows
