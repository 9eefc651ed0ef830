-- Where the new rows begin in their files, behind those that were kept.
select read_start.file_name, read_start.nth + coalesce(counted.amount, 0) as place, read_start.at
from read_start left join kept.counted_rows as counted using (file_name)
