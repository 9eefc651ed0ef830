-- New lines.
select * from line
