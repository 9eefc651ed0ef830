-- Ids that more than one entry carries, or that are an entry's and a batch's.
select entry_id as id from entry group by entry_id having count(*) > 1
union
select entry.entry_id from entry
join (select distinct batch_id from entry where batch_id <> '') as batch
    on batch.batch_id = entry.entry_id
