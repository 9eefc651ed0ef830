-- The names, and those of what was found by them. What corrects something names nothing further.
select * from name
union select 'id', entry_id from near_entry
union select 'id', batch_id from near_entry where batch_id <> ''
union select 'reference', reference from near_entry
union
select 'reference', reference from near_line
where source_id = '' and not coalesce(is_transfer or is_correction, false)
union
select 'journal', journal_id from near_line
where source_id = '' and not coalesce(is_transfer or is_correction, false)
