-- How many rows there are, for the caller.
select file_name, amount from counted_rows
