-- Ids whose other side stands on a counted account: coded to it, or corrected by a keyed journal.
select distinct line.source_id as id
from line
join counted on counted.key = line.key
where line.line_no = 0 and line.source_id <> ''
