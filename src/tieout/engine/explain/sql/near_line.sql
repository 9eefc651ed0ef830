-- Kept lines that have one of those ids, references or journals, and all that correct something.
select * from kept.line
where (source_id <> '' and source_id in (select said from name where kind = 'id'))
   or (source_id = '' and (
        is_transfer or is_correction
        or reference in (select said from name where kind = 'reference')
        or journal_id in (select said from name where kind = 'journal')))
