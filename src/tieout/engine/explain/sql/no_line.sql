-- No line, in the columns of those that were kept.
select * from kept.line limit 0
