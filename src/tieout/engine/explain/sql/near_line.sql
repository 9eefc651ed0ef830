-- Kept lines that have one of those ids, references or journals, and all that correct something.
select line.* from kept.line as line
semi join (select said from name where kind = 'id' and said <> '') as named
    on named.said = line.source_id
union all
select line.* from kept.line as line
where line.source_id = '' and (
    line.is_transfer or line.is_correction
    or line.reference in (select said from name where kind = 'reference')
    or line.journal_id in (select said from name where kind = 'journal'))
