-- Lines of those entries, lines of nobody's on counted accounts, and all of journals that correct.
select line.row_id from line join odd_id on odd_id.id = line.source_id
union
select line.row_id
from line
join counted on counted.key = line.key
left join (
    select ledger, entry_id as id from entry
    union select ledger, batch_id from entry where batch_id <> ''
) as own on own.id = line.source_id and own.ledger = counted.ledger
where line.source_id <> '' and own.id is null
union
select loose.row_id
from loose
left join by_reference
    on by_reference.ledger = loose.ledger and by_reference.journal_id = loose.journal_id
    and by_reference.reference = loose.reference and by_reference.currency = loose.currency
where by_reference.row_id is null
union
select line.row_id
from line
join (select distinct journal_id from line where source_id = '' and (is_transfer or is_correction))
    as correcting on correcting.journal_id = line.journal_id
where line.source_id = ''
