-- References that a keyed journal says it corrects.
select distinct trim(substring(narrative, case when is_transfer then 24 else 15 end)) as reference
from line
where source_id = '' and (is_transfer or is_correction)
