-- How many new lines have the id of a kept one.
select count(*) as amount
from new_line join kept.line as kept_line on kept_line.nominal_id = new_line.nominal_id
