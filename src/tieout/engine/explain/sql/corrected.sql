-- References that a keyed journal says it corrects, and those of the entries that it names by id.
with said as (
    select distinct
        trim(substring(narrative, case when is_transfer then 24 else 15 end)) as reference,
        regexp_extract(substring(narrative, 15), '^(.*?) \([a-z_]+\)', 1) as first_id,
        regexp_extract(substring(narrative, 15), '^(.*) \([a-z_]+\)', 1) as last_id
    from line
    where source_id = '' and (is_transfer or is_correction)
)
select reference from said
union
select entry.reference from entry join said on said.first_id = entry.entry_id
union
select entry.reference from entry join said on said.last_id = entry.entry_id
