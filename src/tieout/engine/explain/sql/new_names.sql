-- Ids, references and journals by which something may hang together with new rows.
with said as (
    select
        trim(substring(narrative, case when is_transfer then 24 else 15 end)) as reference,
        regexp_extract(substring(narrative, 15), '^(.*?) \([a-z_]+\)', 1) as first_id,
        regexp_extract(substring(narrative, 15), '^(.*) \([a-z_]+\)', 1) as last_id
    from new_line
    where source_id = '' and (is_transfer or is_correction)
)
select 'id' as kind, entry_id as said from new_entry
union select 'id', batch_id from new_entry where batch_id <> ''
union select 'id', source_id from new_line where source_id <> ''
union select 'reference', reference from new_entry
union select 'reference', reference from new_line where source_id = ''
union select 'journal', journal_id from new_line where source_id = ''
union select 'reference', reference from said
union select 'id', first_id from said
union select 'id', last_id from said
