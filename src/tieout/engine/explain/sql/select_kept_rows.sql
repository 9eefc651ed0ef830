-- How many rows each file had when its work was kept.
select file_name, amount from kept.counted_rows
