-- Entries that may differ from the nominal ledger: all that are not plainly well posted.
select entry.row_id, entry.file_name, entry.place, entry.entry_id, entry.batch_id, entry.ledger
from entry
left join by_id on by_id.row_id = entry.row_id
left join by_reference on by_reference.row_id = entry.row_id
left join whole_batch on whole_batch.batch_id = entry.batch_id and entry.batch_id <> ''
left join counted on counted.key = entry.key and counted.ledger = entry.ledger
left join touched on touched.id = entry.entry_id
left join touched as touched_batch
    on touched_batch.id = entry.batch_id and entry.batch_id <> ''
left join repeated on repeated.id = entry.entry_id
left join repeated as repeated_batch
    on repeated_batch.id = entry.batch_id and entry.batch_id <> ''
left join corrected on corrected.reference = entry.reference
where not coalesce(
    counted.key is not null
    and repeated.id is null
    and repeated_batch.id is null
    and touched.id is null
    and touched_batch.id is null
    and corrected.reference is null
    and not entry.is_voided
    and entry.kind <> 'contra'
    and (
        whole_batch.batch_id is not null
        or (entry.batch_id = '' and by_id.is_plain and by_id.is_whole and by_id.is_single)
        or (entry.batch_id = '' and by_reference.row_id is not null)
    ), false)
